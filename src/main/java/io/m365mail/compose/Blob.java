package io.m365mail.compose;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Bytes that can be read any number of times, in the heap or in a file. */
public interface Blob {
    /** The caller closes it. */
    InputStream open() throws IOException;

    /** Length in bytes. */
    long size();

    /** Wraps {@code bytes} without copying them. */
    static Blob of(byte[] bytes) {
        return new Blob() {
            @Override
            public InputStream open() {
                return new ByteArrayInputStream(bytes);
            }

            @Override
            public long size() {
                return bytes.length;
            }
        };
    }
}
