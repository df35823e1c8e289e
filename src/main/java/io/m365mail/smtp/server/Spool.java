package io.m365mail.smtp.server;

import io.m365mail.mail.MailContent;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where large messages lie while they are received, and the threads that write them: a disk that stalls must not stall
 * the event loop and with it every other connection. A file is deleted as soon as it is open (on Unix; at close
 * elsewhere), so not even {@code kill -9} leaves one behind.
 */
final class Spool {
    private final Path directory;
    private final ThreadPoolExecutor writers;

    Spool(Path directory, String name) {
        this.directory = directory;
        this.writers = new ThreadPoolExecutor(
                2, 2, 5, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), new DefaultThreadFactory("smtp-spool-" + name));
        writers.allowCoreThreadTimeOut(true);
    }

    Executor writers() {
        return writers;
    }

    File create() throws IOException {
        Files.createDirectories(directory);
        return new File(FileChannel.open(
                directory.resolve("smtp-" + UUID.randomUUID() + ".spool"),
                StandardOpenOption.CREATE_NEW,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.DELETE_ON_CLOSE));
    }

    /** Writes that are under way finish; the threads end. */
    void stop() {
        writers.shutdown();
        try {
            writers.awaitTermination(10, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One message in a file without a name. Reads go by position, so several may run at one time. */
    static final class File implements MailContent {
        private final FileChannel channel;
        private long size;

        private File(FileChannel channel) {
            this.channel = channel;
        }

        void append(byte[] bytes, int length) throws IOException {
            ByteBuffer block = ByteBuffer.wrap(bytes, 0, length);
            while (block.hasRemaining()) {
                size += channel.write(block, size);
            }
        }

        void close() throws IOException {
            channel.close();
        }

        @Override
        public long size() {
            return size;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            var target = Channels.newChannel(out);
            long at = 0;
            while (at < size) {
                at += channel.transferTo(at, Math.min(size - at, 1 << 18), target);
            }
        }

        @Override
        public InputStream open() {
            return new InputStream() {
                private long at;

                @Override
                public int read() throws IOException {
                    var one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] b, int offset, int length) throws IOException {
                    int n = length == 0 ? 0 : channel.read(ByteBuffer.wrap(b, offset, length), at);
                    at += Math.max(n, 0);
                    return n;
                }
            };
        }
    }
}
