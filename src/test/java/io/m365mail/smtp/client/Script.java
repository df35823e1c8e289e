package io.m365mail.smtp.client;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A dialogue as a data file: what the client is to do, what must come of it, and what the server says.
 *
 * <pre>
 * tls require|opportunistic|off|implicit
 * auth login USER PASSWORD
 * timeout MILLISECONDS                    for every reply
 * host NAME                               instead of localhost
 * utf8                                    the envelope asks for SMTPUTF8
 * send FROM TO,TO [CONTENT]               \r \n \0 are escapes; a message, in turn over one transport
 * result ADDRESS STAGE server|own certain|uncertain REPLY…    of the last send; the reply must start so; after … it must have that
 * receives CONTENT                        what the server has after the last send
 * session                                 from here to the next: steps of {@link ScriptedServer} for one connection
 * </pre>
 */
record Script(Path file, List<String> options, List<Send> sends, List<List<String>> sessions) {

    record Send(String from, List<String> to, String content, List<String> results, List<String> receives) {}

    static Script read(Path file) throws IOException {
        List<String> options = new ArrayList<>();
        List<Send> sends = new ArrayList<>();
        List<List<String>> sessions = new ArrayList<>();
        for (String line : Files.readAllLines(file)) {
            String text = line.strip();
            if (text.isEmpty() || text.startsWith("#")) {
                continue;
            }
            if (text.equals("session")) {
                sessions.add(new ArrayList<>());
            } else if (!sessions.isEmpty()) {
                sessions.get(sessions.size() - 1).add(text);
            } else {
                client(text, options, sends);
            }
        }
        return new Script(file, options, sends, sessions);
    }

    private static void client(String text, List<String> options, List<Send> sends) {
        String rest = text.substring(text.indexOf(' ') + 1);
        if (text.startsWith("send ")) {
            String[] words = text.split(" ", 4);
            String content = words.length > 3 ? unescape(words[3]) : "Subject: test\r\n\r\nHello\r\n";
            List<String> to = List.of(words[2].split(","));
            sends.add(new Send(words[1].replace("<>", ""), to, content, new ArrayList<>(), new ArrayList<>()));
        } else if (text.startsWith("result ")) {
            sends.get(sends.size() - 1).results().add(rest);
        } else if (text.startsWith("receives ")) {
            sends.get(sends.size() - 1).receives().add(unescape(rest));
        } else {
            options.add(text);
        }
    }

    private static String unescape(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n").replace("\\0", "\0");
    }

    String option(String name, String otherwise) {
        return options.stream()
                .filter(o -> o.equals(name) || o.startsWith(name + " "))
                .map(o -> o.substring(name.length()).strip())
                .findFirst()
                .orElse(otherwise);
    }

    @Override
    public String toString() {
        return file.getFileName().toString();
    }
}
