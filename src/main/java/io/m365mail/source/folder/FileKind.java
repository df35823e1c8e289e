package io.m365mail.source.folder;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** What a scanner writes, told by its first bytes, and whether its last ones are there. */
enum FileKind {
    PDF("application/pdf", "%PDF-"),
    TIFF_LITTLE("image/tiff", "II*\0"),
    TIFF_BIG("image/tiff", "MM\0*"),
    JPEG("image/jpeg", "\u00ff\u00d8\u00ff"),
    PNG("image/png", "\u0089PNG\r\n\u001a\n");

    /** Behind the end of a PDF or JPEG there may be some more octets. */
    private static final int TAIL = 2048;

    private final String contentType;
    private final String magic;

    FileKind(String contentType, String magic) {
        this.contentType = contentType;
        this.magic = magic;
    }

    /** The media type, or null for a file that begins with none of the known marks. */
    static String contentType(Path file) throws IOException {
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            FileKind kind = of(in);
            return kind == null ? null : kind.contentType;
        }
    }

    /** True for an empty file and for one whose end is missing; a guess, so that it only costs patience. */
    static boolean looksCutOff(Path file, long size) throws IOException {
        if (size == 0) {
            return true;
        }
        try (var in = new RandomAccessFile(file.toFile(), "r")) {
            FileKind kind = of(in);
            if (kind == null) {
                return false;
            }
            String tail = read(in, Math.max(0, in.length() - TAIL));
            return switch (kind) {
                case PDF -> !tail.contains("%%EOF");
                case JPEG -> !tail.contains("\u00ff\u00d9");
                case PNG -> !tail.contains("IEND");
                case TIFF_LITTLE, TIFF_BIG -> false;
            };
        }
    }

    private static FileKind of(RandomAccessFile in) throws IOException {
        String head = read(in, 0);
        for (FileKind kind : values()) {
            if (head.startsWith(kind.magic)) {
                return kind;
            }
        }
        return null;
    }

    /** One character for each octet. */
    private static String read(RandomAccessFile in, long from) throws IOException {
        var bytes = new byte[(int) Math.min(TAIL, in.length() - from)];
        in.seek(from);
        int n = in.read(bytes);
        return new String(bytes, 0, Math.max(0, n), StandardCharsets.ISO_8859_1);
    }
}
