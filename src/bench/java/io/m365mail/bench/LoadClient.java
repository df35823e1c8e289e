package io.m365mail.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** One SMTP session that sends message after message, one command at a time as devices do. */
final class LoadClient implements AutoCloseable {
    private final Socket socket;
    private final BufferedReader in;
    private final OutputStream out;

    LoadClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
        out = socket.getOutputStream();
        expect("220");
        command("EHLO bench.test", "250");
    }

    /** @param message ends in CRLF.CRLF */
    void send(byte[] message) throws IOException {
        command("MAIL FROM:<a@contoso.com>", "250");
        command("RCPT TO:<b@contoso.com>", "250");
        command("DATA", "354");
        out.write(message);
        expect("250");
    }

    private void command(String line, String code) throws IOException {
        out.write((line + "\r\n").getBytes(StandardCharsets.US_ASCII));
        expect(code);
    }

    private void expect(String code) throws IOException {
        String line;
        do {
            line = in.readLine();
            if (line == null || !line.startsWith(code)) {
                throw new IOException("expected " + code + ", got " + line);
            }
        } while (line.charAt(3) == '-');
    }

    @Override
    public void close() throws IOException {
        out.write("QUIT\r\n".getBytes(StandardCharsets.US_ASCII));
        socket.close();
    }
}
