package io.m365mail.limit;

/** The connections behind a gate, which stay open while nobody sends. Methods may be called from any thread. */
public interface Sockets {
    Sockets NONE = new Sockets() {
        @Override
        public int open() {
            return 0;
        }

        @Override
        public void closeIdle(int most) {}
    };

    /** Those that are idle, in use, being opened or being closed. */
    int open();

    /** Soon closes idle ones until at most so many are open, as far as they go. Does not wait for a server. */
    void closeIdle(int most);
}
