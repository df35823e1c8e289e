package io.m365mail.smtp.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.smtp.server.SmtpServerOptions.Tls;
import io.m365mail.testing.RawSmtpClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;

/**
 * One SMTP dialogue in a file.
 *
 * <pre>
 * OPT key=value …    tls, auth, size, recipients, errors, idle (ms), binary, extensions
 * C: text            sent with CRLF;  C| text  sent as it is;  C: text {3000*x}  repeats
 * S: pattern         the next reply line; * stands for anything
 * S+ pattern         lines up to the last of this reply, which matches
 * S.                 the server closes
 * TLS                the client begins TLS
 * M: from&gt;to,to      the next message the handler got;  B: its octets;  M.  no (more) message
 * </pre>
 *
 * Octets are written {@code \r \n \0 \t \\ \xHH}. Everything up to the next S line is sent in one piece, or cut at
 * random where a {@link Random} is given.
 */
final class Dialogue {
    private final List<String> lines;
    private final Map<String, String> options = new HashMap<>();

    Dialogue(Path file) throws IOException {
        List<String> all = Files.readAllLines(file, StandardCharsets.UTF_8);
        lines = all.stream()
                .filter(l -> !l.isBlank() && !l.startsWith("#") && !l.startsWith("OPT "))
                .toList();
        all.stream()
                .filter(l -> l.startsWith("OPT "))
                .flatMap(l -> List.of(l.substring(4).split(" ")).stream())
                .map(w -> w.split("=", 2))
                .forEach(w -> options.put(w[0], w.length > 1 ? w[1] : ""));
    }

    SmtpServerOptions serverOptions(Path spool, SSLContext context) {
        Tls tls = Tls.valueOf(options.getOrDefault("tls", "OFF"));
        String extensions = String.join(",", SmtpServerOptions.DEFAULT_EXTENSIONS)
                + (options.containsKey("binary") ? ",BINARYMIME" : "");
        return new SmtpServerOptions(
                "dialogue",
                "127.0.0.1",
                0,
                "mx.test",
                tls,
                tls == Tls.OFF ? null : context,
                List.of("TLSv1.2", "TLSv1.3"),
                false,
                options.containsKey("auth") ? List.of(options.get("auth").split(",")) : List.of(),
                Long.parseLong(options.getOrDefault("size", "10000000")),
                Integer.parseInt(options.getOrDefault("recipients", "100")),
                10,
                Duration.ofMillis(Long.parseLong(options.getOrDefault("idle", "20000"))),
                spool,
                options.containsKey("proxy"),
                List.of(options.getOrDefault("extensions", extensions).split(",")));
    }

    SmtpServerLimits limits() {
        int errors = Integer.parseInt(options.getOrDefault("errors", "20"));
        return new SmtpServerLimits(
                0, errors, 3, 10, 1000, Duration.ofSeconds(5), new io.m365mail.mail.InFlightBudget(1 << 26));
    }

    /** @param cuts cuts what is sent at random, or null */
    void run(int port, RecordingHandler handler, SSLContext clientTls, Random cuts) throws IOException {
        try (var client = new RawSmtpClient(port)) {
            if ("IMPLICIT".equals(options.get("tls"))) {
                client.startTls(clientTls);
            }
            var pending = new ByteArrayOutputStream();
            int message = 0;
            for (String line : lines) {
                if (line.startsWith("C")) {
                    pending.write(octets(line.substring(Math.min(3, line.length()))));
                    pending.write(line.startsWith("C:") ? new byte[] {'\r', '\n'} : new byte[0]);
                    continue;
                }
                send(client, pending, cuts);
                switch (line.substring(0, 2)) {
                    case "S:" -> assertThat(client.line()).as(line).matches(pattern(line));
                    case "S+" -> assertThat(client.reply()).as(line).matches("(?s)(.*\n)?" + pattern(line));
                    case "S." ->
                        assertThat(client.line()).as("the server closes").isNull();
                    case "TL" -> client.startTls(clientTls);
                    case "M:" -> envelope(handler, message++, line);
                    case "B:" ->
                        assertThat(text(handler.received.get(message - 1).content()))
                                .isEqualTo(text(octets(line.substring(3))));
                    case "M." -> assertThat(handler.received).hasSize(message);
                    default -> throw new IllegalArgumentException("no dialogue line: " + line);
                }
            }
        }
    }

    private static void envelope(RecordingHandler handler, int index, String line) {
        assertThat(handler.received).as(line).hasSizeGreaterThan(index);
        RecordingHandler.Received got = handler.received.get(index);
        String to = got.recipients().stream()
                .map(r -> r.address()
                        + (r.dsn() == null ? "" : ";" + r.dsn())
                        + (r.orcpt() == null ? "" : ";" + r.orcpt()))
                .collect(Collectors.joining(","));
        assertThat(got.mail().from() + ">" + to).isEqualTo(line.substring(3));
    }

    private static void send(RawSmtpClient client, ByteArrayOutputStream pending, Random cuts) throws IOException {
        byte[] bytes = pending.toByteArray();
        pending.reset();
        // What stands behind STARTTLS must come with it: later it would be a broken handshake.
        cuts = text(bytes).contains("STARTTLS\r\n") ? null : cuts;
        int at = 0;
        while (at < bytes.length) {
            int n = cuts == null ? bytes.length : 1 + cuts.nextInt(Math.max(1, Math.min(bytes.length - at, 4000)));
            n = Math.min(cuts != null && cuts.nextBoolean() ? Math.min(n, 3) : n, bytes.length - at);
            try {
                client.send(java.util.Arrays.copyOfRange(bytes, at, at + n));
            } catch (IOException closedMeanwhile) {
                // The server may close before all was sent; the next S line says whether it should have.
                return;
            }
            at += n;
        }
    }

    private static String pattern(String line) {
        return List.of(line.substring(Math.min(3, line.length())).split("\\*", -1)).stream()
                .map(Pattern::quote)
                .collect(Collectors.joining(".*"));
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static byte[] octets(String text) {
        var out = new ByteArrayOutputStream();
        String expanded = Pattern.compile("\\{(\\d+)\\*([^}]*)}")
                .matcher(text)
                .replaceAll(
                        m -> java.util.regex.Matcher.quoteReplacement(m.group(2).repeat(Integer.parseInt(m.group(1)))));
        for (int i = 0; i < expanded.length(); i++) {
            char c = expanded.charAt(i);
            if (c != '\\') {
                out.writeBytes(expanded.substring(i, i + 1).getBytes(StandardCharsets.UTF_8));
                continue;
            }
            char kind = expanded.charAt(++i);
            if (kind == 'x') {
                out.write(Integer.parseInt(expanded.substring(i + 1, i + 3), 16));
                i += 2;
            } else {
                out.write("rn0t\\".indexOf(kind) < 0 ? kind : "\r\n\0\t\\".charAt("rn0t\\".indexOf(kind)));
            }
        }
        return out.toByteArray();
    }
}
