package io.m365mail.rewrite;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import io.m365mail.testing.MimeCorpus;
import jakarta.mail.Multipart;
import jakarta.mail.Part;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Random rules on the awkward messages: what comes out is a message with the same parts, whose attachments have the same
 * bytes, and a signed one is the same message.
 */
class CorpusRulesTest {
    private static final List<String> ACTIONS = List.of(
            "default-from=scanner@contoso.com",
            "force-from=erp@contoso.com",
            "map-from=*@contoso.com = *@fabrikam.com",
            "reply-to=desk@contoso.com",
            "add-header.X-Added=größer",
            "set-header.X-Set=" + "long words ".repeat(20),
            "set-header.Subject=set",
            "remove-headers=X-*, User-Agent",
            "subject-prefix=[Scan]",
            "subject-prefix=[Büro]",
            "footer=Contoso Ltd",
            "footer=Straße 1, 日本",
            "repair=names",
            "repair=8bit, names");

    static List<MimeCorpus.Sample> corpus() {
        return MimeCorpus.all();
    }

    @ParameterizedTest
    @MethodSource("corpus")
    void staysTheSameMessage(MimeCorpus.Sample sample) throws Exception {
        long seed = System.nanoTime();
        var random = new Random(seed);
        String signature = Signed.by(HeaderBlock.parse(MailContent.of(sample.bytes())));
        for (int round = 0; round < 6; round++) {
            String rules = rules(random);
            String said = sample + ", seed " + seed + "\n" + rules;
            byte[] out = Rewriting.of(rules).apply(sample.bytes());
            if (signature != null) {
                assertThat(text(out)).as(said).startsWith("X-M365-Rewrite: skipped;");
                assertThat(out.length).as(said).isGreaterThan(sample.bytes().length);
                assertThat(text(out)).as(said).endsWith(text(sample.bytes()));
                continue;
            }
            List<String> before = leaves(sample.bytes());
            List<String> after = leaves(out);
            assertThat(after).as(said).hasSameSizeAs(before);
            for (int i = 0; i < before.size(); i++) {
                String old = before.get(i);
                if (old.toLowerCase(Locale.ROOT).startsWith("text/")) {
                    assertThat(normal(after.get(i))).as(said).startsWith(normal(old));
                } else {
                    assertThat(after.get(i)).as(said).isEqualTo(old);
                }
            }
            assertThat(body(out)).as(said).satisfies(b -> {
                if (!rules.contains("footer=")) {
                    assertThat(b).isEqualTo(body(sample.bytes()));
                }
            });
        }
    }

    private static String rules(Random random) {
        var rules = new StringBuilder();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            rules.append(n)
                    .append('.')
                    .append(ACTIONS.get(random.nextInt(ACTIONS.size())))
                    .append('\n');
        }
        return rules.toString();
    }

    /** Type and decoded bytes of each leaf, as Jakarta Mail finds them. */
    private static List<String> leaves(byte[] message) throws Exception {
        var found = new ArrayList<String>();
        leaves(new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(message)), found);
        return found;
    }

    private static void leaves(Part part, List<String> into) throws Exception {
        if (part.isMimeType("multipart/*") && part.getContent() instanceof Multipart multipart) {
            for (int i = 0; i < multipart.getCount(); i++) {
                leaves(multipart.getBodyPart(i), into);
            }
            return;
        }
        byte[] bytes;
        try (InputStream in = part.getInputStream()) {
            bytes = in.readAllBytes();
        } catch (java.io.IOException undecodable) {
            bytes = new byte[0];
        }
        into.add(part.getContentType().replaceAll(";.*", "").replaceAll("\\s", "") + " " + text(bytes));
    }

    /** Text that gets a footer may end in another line break, and HTML ends behind it. */
    private static String normal(String leaf) {
        return leaf.replaceAll("(?is)</body.*|</html.*", "").stripTrailing();
    }

    private static String body(byte[] message) throws Exception {
        return text(HeaderBlock.parse(MailContent.of(message)).body().toBytes());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
