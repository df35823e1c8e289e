package io.m365mail.rewrite;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.ConfigException;
import io.m365mail.config.ConfigLoader;
import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.Submission;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;

/** Rules written as a user writes them, and what they make of a message. */
final class Rewriting {
    private final RewriteMessage bean;
    private final RewriteRules rules;

    private Rewriting(List<io.m365mail.config.RewriteRule> all, List<String> domains) {
        rules = new RewriteRules(all, domains::contains);
        bean = new RewriteMessage(rules);
    }

    /** @param properties without {@code m365.rewrite.} in front of each line */
    static Rewriting of(String properties) {
        try {
            Path folder = Files.createTempDirectory("rewriting");
            Path config = Files.createDirectory(folder.resolve("config"));
            Path file = config.resolve(ConfigLoader.FILE);
            Files.writeString(
                    file, "m365.domains=contoso.com\n" + properties.replaceAll("(?m)^(?=\\d)", "m365.rewrite."));
            BundleConfig bound = new ConfigLoader().load(config);
            Files.delete(file);
            Files.delete(config);
            Files.delete(folder);
            return new Rewriting(bound.rewrites(), bound.domains());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new IllegalArgumentException(e);
        }
    }

    RewriteRules rules() {
        return rules;
    }

    Submission apply(Submission submission) throws Exception {
        return bean.rewrite(submission);
    }

    MailContent apply(MailContent message) throws Exception {
        return apply(submission("app@contoso.com", "anna@contoso.com", message)).content();
    }

    byte[] apply(byte[] message) throws Exception {
        return apply(MailContent.of(message)).toBytes();
    }

    /** The message with the rules applied, as text of one byte a character where it is not UTF-8. */
    String apply(String message) throws Exception {
        return new String(apply(message.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }

    static Submission submission(String from, String to, MailContent message) throws IOException {
        return new Submission(
                        "smtp", Envelope.of(from, List.of(to.split(","))), message, 4, null, "device", Instant.EPOCH)
                .withClient(InetAddress.getByName("10.20.3.4"));
    }
}
