package io.m365mail.demo;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A device as they are: SMTP without TLS and without a login (RFC 5321). It stops at the first refusal. */
final class DemoPrinter {
    private static final int TIMEOUT_MILLIS = 10_000;

    private final int port;

    DemoPrinter(int port) {
        this.port = port;
    }

    /**
     * Sends one message.
     *
     * @param message lines end with CRLF and none begins with a dot, so nothing has to be stuffed
     * @return the last command's reply: 250 when the relay has taken the message, else the refusal
     */
    String send(String from, String to, String message) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(TIMEOUT_MILLIS);
            var in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = socket.getOutputStream();
            String reply = reply(in);
            for (String command : commands(from, to, message)) {
                if (reply.charAt(0) > '3') {
                    break;
                }
                out.write((command + "\r\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
                reply = reply(in);
            }
            return reply;
        }
    }

    private static List<String> commands(String from, String to, String message) {
        var commands = new ArrayList<String>();
        commands.add("EHLO printer-17.contoso.com");
        commands.add("MAIL FROM:<" + from + ">");
        commands.add("RCPT TO:<" + to + ">");
        commands.add("DATA");
        commands.add(message + ".");
        return commands;
    }

    /** The first line of a reply, which says most, as if it were the only one. */
    private static String reply(BufferedReader in) throws IOException {
        String first = null;
        String line;
        do {
            line = in.readLine();
            if (line == null || line.length() < 4) {
                throw new IOException("the relay closed the connection without an answer");
            }
            first = first == null ? line : first;
        } while (line.charAt(3) == '-');
        return first.substring(0, 3) + " " + first.substring(4);
    }
}
