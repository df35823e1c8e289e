package io.m365mail.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.HeaderBlock;
import io.m365mail.mail.MailContent;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxInbox;
import io.m365mail.testing.TestCertificates;
import io.m365mail.testing.TlsFront;
import jakarta.mail.Flags;
import jakarta.mail.Folder;
import jakarta.mail.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Mail to pass on, from a mailbox read over IMAP or POP3 to the mailbox endpoint. */
class MailboxSourceTest {
    private static final Duration SOON = Duration.ofSeconds(20);
    private static final String BOX = "desk@contoso.com";

    @TempDir
    private Path folder;

    private Sandbox sandbox;
    private SandboxInbox inbox;
    private RunningBundle bundle;

    @BeforeEach
    void start() throws Exception {
        sandbox = Sandbox.builder(folder.resolve("sandbox")).build();
        sandbox.mailbox("alerts@contoso.com", "secret1").sendAs(BOX);
        sandbox.start();
        inbox = SandboxInbox.start().mailbox(BOX, "secret2");
    }

    @AfterEach
    void stop() throws Exception {
        if (bundle != null) {
            bundle.close();
        }
        inbox.close();
        sandbox.close();
    }

    private void run(String more) throws Exception {
        bundle = RunningBundle.start(
                folder,
                RunningBundle.mailbox("alerts", sandbox, "alerts@contoso.com", "secret1")
                        + """
                        m365.transport.alerts.senders=*@contoso.com
                        m365.source.desk.type=mailbox
                        m365.source.desk.mailbox=desk@contoso.com
                        m365.source.desk.auth=login
                        m365.source.desk.password=secret2
                        m365.source.desk.host=127.0.0.1
                        m365.source.desk.poll-interval=200ms
                        """
                        + (more.contains("desk.tls=") ? "" : "m365.source.desk.tls=off\n") + more);
    }

    private String imap() {
        return "m365.source.desk.port=" + inbox.imapPort() + "\n";
    }

    private String pop3() {
        return "m365.source.desk.protocol=pop3\nm365.source.desk.port=" + inbox.pop3Port() + "\n";
    }

    private void deliver(String mail) throws Exception {
        deliver(MailContent.of(mail.replace("\n", "\r\n").getBytes(UTF_8)));
    }

    private void deliver(MailContent mail) throws Exception {
        inbox.deliver(BOX, mail);
    }

    private static String text(ReceivedMessage m) throws Exception {
        return new String(m.content().orElseThrow().toBytes(), ISO_8859_1);
    }

    private static final String HELLO = "From: Desk <desk@contoso.com>\nTo: desk@contoso.com\nSubject: hello\n\nx\n";
    private static final String TO_ANNA = "m365.source.desk.to=anna@fabrikam.com\n";

    private List<ReceivedMessage> received(int n) throws Exception {
        return sandbox.log().awaitReceived(n, SOON);
    }

    private void awaitEmpty(String address) {
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(inbox.messages(address)).isEmpty());
    }

    private List<String> subjects(String box, String name) throws Exception {
        return inbox.messages(box, name).stream()
                .map(MailboxSourceTest::subject)
                .toList();
    }

    private static String subject(MailContent content) {
        try {
            return HeaderBlock.parse(content).first("Subject").orElseThrow().decoded();
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void imapMailIsPassedOnToTheConfiguredRecipientAndGone() throws Exception {
        run(imap() + TO_ANNA);
        deliver(HELLO);
        ReceivedMessage got = received(1).get(0);
        assertThat(got.recipients()).containsExactly("anna@fabrikam.com");
        assertThat(got.from()).isEqualTo(BOX);
        assertThat(text(got)).endsWith(HELLO.replace("\n", "\r\n"));
        awaitEmpty(BOX);
        assertThat(bundle.get("/api/status")).contains("desk@contoso.com at 127.0.0.1:" + inbox.imapPort());
    }

    @Test
    void pop3MailIsPassedOnAndGone() throws Exception {
        run(pop3() + TO_ANNA);
        deliver(HELLO);
        deliver(HELLO.replace("hello", "again"));
        assertThat(received(2)).allSatisfy(m -> assertThat(text(m)).contains("Subject: "));
        awaitEmpty(BOX);
    }

    /** Each as it lies in the mailbox, whatever is odd about it: order of fields, folding, 8-bit bytes, ends of parts. */
    @Test
    void noByteIsChanged() throws Exception {
        run(imap() + TO_ANNA);
        Set<String> sent = new HashSet<>();
        for (String name : List.of(
                "smime-signed",
                "odd-header-case",
                "utf8-headers",
                "dots-at-line-starts",
                "nested-six-deep",
                "html-with-dots",
                "latin1-headers",
                "scanner-pdf",
                "dkim-signed")) {
            byte[] file = Files.readAllBytes(Path.of("src/test/resources/mime/" + name + ".eml"));
            String mail =
                    new String(file, ISO_8859_1).replaceFirst("(?im)^from:.*(\r?\n[ \t].*)*", "From: desk@contoso.com");
            deliver(MailContent.of(mail.getBytes(ISO_8859_1)));
        }
        for (MailContent m : inbox.messages(BOX)) {
            sent.add(new String(m.toBytes(), ISO_8859_1));
        }
        for (ReceivedMessage m : received(9)) {
            String all = text(m);
            assertThat(sent).anyMatch(all::endsWith);
        }
    }

    @Test
    void nothingInAMailSteersUs() throws Exception {
        try (var log = new LogOf("io.m365mail")) {
            run(imap() + TO_ANNA);
            deliver("delete: false\nmoveTo: Stolen\ncopyTo: Copied\nCamelMailDelete: false\ncamelfilename: x\n"
                    + "CAMELJmsDestinationName: m365.dead\nCamelSplitIndex: 7\nJMSPriority: 9\nM365Source: other\n"
                    + "mail.smtp.host: evil.example\nX-M365-Send-At: 2099-01-01T00:00:00Z\nX-M365-From: x@y.example\n"
                    + "X-Receiver: eve@evil.example\nBcc: eve@evil.example\nCc: eve@evil.example\n"
                    + "Resent-To: eve@evil.example\n" + HELLO);
            ReceivedMessage got = received(1).get(0);
            assertThat(got.recipients()).containsExactly("anna@fabrikam.com");
            assertThat(text(got)).contains("moveTo: Stolen").doesNotContain("X-M365-Send-At", "Bcc");
            awaitEmpty(BOX);
            assertThat(inbox.messages(BOX, "Stolen")).isEmpty();
            assertThat(inbox.messages(BOX, "Copied")).isEmpty();
            assertThat(log.count("WARN")).isZero();
        }
    }

    @Test
    void whatIsNotForUsGoesAsideAndTheRestGoesOn() throws Exception {
        run(imap() + TO_ANNA + "m365.source.desk.max-message-size=20kB\n");
        deliver(HELLO.replace("Subject: hello", "Subject: out of office\nAuto-Submitted: auto-replied"));
        deliver("Return-Path: <>\n" + HELLO.replace("hello", "null sender"));
        deliver(HELLO.replace("hello", "large") + "0123456789\n".repeat(3000));
        deliver("X-M365-Id: a\nX-M365-Id: b\nX-M365-Id: c\nX-M365-Id: d\n" + HELLO.replace("hello", "loop"));
        deliver(HELLO.replace("Subject: hello", "Subject: backup done\nAuto-Submitted: auto-generated"));
        assertThat(text(received(1).get(0))).contains("backup done");
        awaitEmpty(BOX);
        assertThat(subjects(BOX, "Aside")).containsExactlyInAnyOrder("out of office", "null sender", "large");
        assertThat(bundle.get("/api/dead")).contains("\"total\":1", "Routing loop");
    }

    @Test
    void withPop3ItStaysAndIsToldOfOnce() throws Exception {
        try (var log = new LogOf("io.m365mail.source.mailbox")) {
            run(pop3() + TO_ANNA);
            deliver("Return-Path: <>\n" + HELLO.replace("hello", "null\u0007 sender"));
            deliver(HELLO);
            received(1);
            deliver(HELLO.replace("hello", "more"));
            received(2);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(inbox.messages(BOX)).hasSize(1));
            assertThat(log.lines())
                    .singleElement()
                    .asString()
                    .contains("stays in the mailbox", "null", "null sender")
                    .doesNotContain("\u0007");
        }
    }

    @Test
    void theMessagesOwnRecipientsOnlyWhereTheyAreAllowed() throws Exception {
        run(
                imap()
                        + "m365.source.desk.to=header\nm365.source.desk.recipients=*@fabrikam.com\nm365.source.desk.from=header\n");
        deliver(HELLO.replace(
                "To: desk@contoso.com",
                "To: bob@fabrikam.com, desk@contoso.com, victim@other.example\nCc: ann@fabrikam.com"));
        ReceivedMessage got = received(1).get(0);
        assertThat(got.recipients()).containsExactlyInAnyOrder("bob@fabrikam.com", "ann@fabrikam.com");
        deliver(HELLO.replace("To: desk@contoso.com", "To: victim@other.example"));
        await().atMost(SOON)
                .untilAsserted(() -> assertThat(inbox.messages(BOX, "Aside")).hasSize(1));
        assertThat(sandbox.log().received()).hasSize(1);
    }

    /** As after a crash between the acceptance and the mark on the server: the message is unread again. */
    @Test
    void aMessageThatWasAcceptedJustBeforeACrashIsNotSentTwice() throws Exception {
        String seen = imap() + TO_ANNA + "m365.source.desk.after=seen\n";
        run(seen);
        deliver(HELLO);
        received(1);
        await().atMost(SOON).until(() -> unread() == 0);
        bundle.close();
        try (var log = new LogOf("io.m365mail.intake")) {
            setRead(false);
            run(seen);
            await().atMost(SOON).until(() -> unread() == 0);
            assertThat(log.count("not sent again")).isEqualTo(1);
        }
        deliver(HELLO);
        assertThat(received(2)).hasSize(2);
        assertThat(inbox.messages(BOX)).hasSize(2);
    }

    private long unread() throws Exception {
        try (Folder box = open(Folder.READ_ONLY)) {
            return box.getUnreadMessageCount();
        }
    }

    private void setRead(boolean read) throws Exception {
        try (Folder box = open(Folder.READ_WRITE)) {
            box.setFlags(box.getMessages(), new Flags(Flags.Flag.SEEN), read);
        }
    }

    private Folder open(int mode) throws Exception {
        var store = Session.getInstance(new Properties()).getStore("imap");
        store.connect("127.0.0.1", inbox.imapPort(), BOX, "secret2");
        Folder box = store.getFolder("INBOX");
        box.open(mode);
        return box;
    }

    @Test
    void aServerThatIsAwayIsToldOfOnceWhenItGoesAndOnceWhenItIsBack() throws Exception {
        try (var log = new LogOf("io.m365mail.source.mailbox")) {
            run(imap() + TO_ANNA);
            deliver(HELLO);
            received(1);
            int port = inbox.imapPort();
            inbox.close();
            await().atMost(SOON).until(() -> log.count("not read for now") > 0);
            await().during(Duration.ofSeconds(1)).until(() -> log.lines().size() == 1);
            inbox = SandboxInbox.start(port, 0).mailbox(BOX, "secret2");
            deliver(HELLO.replace("hello", "after"));
            received(2);
            await().atMost(SOON).until(() -> log.count("is read again") == 1);
            assertThat(log.lines()).hasSize(2);
            assertThat(log.lines().get(0)).contains("127.0.0.1:" + port);
        }
    }

    @Test
    void aWrongPasswordIsToldWithTheCure() throws Exception {
        inbox.close();
        inbox = SandboxInbox.start().mailbox(BOX, "another");
        try (var log = new LogOf("io.m365mail.source.mailbox", "org.apache.camel.component.mail")) {
            run(imap() + TO_ANNA);
            await().atMost(SOON).until(() -> !log.lines().isEmpty());
            assertThat(log.lines().get(0))
                    .contains("refuses the login", "check username and password")
                    .doesNotContain("secret2");
        }
    }

    @Test
    void aTokenOpensTheMailboxOverImapAndPop3() throws Exception {
        sandbox.app("reader").secret("app-secret").mayUse(BOX);
        inbox.mailbox("token@contoso.com", token -> token.startsWith("ey"));
        run(imap() + TO_ANNA + token("a", "imap", inbox.imapPort(), "app-secret"));
        inbox.deliver(
                "token@contoso.com", MailContent.of(HELLO.replace("\n", "\r\n").getBytes(UTF_8)));
        received(1);
        awaitEmpty("token@contoso.com");
        bundle.close();
        run(imap() + TO_ANNA + token("b", "pop3", inbox.pop3Port(), "app-secret"));
        inbox.deliver(
                "token@contoso.com", MailContent.of(HELLO.replace("\n", "\r\n").getBytes(UTF_8)));
        received(2);
        awaitEmpty("token@contoso.com");
    }

    @Test
    void aTokenThatIsNotGivenIsToldWithTheCure() throws Exception {
        sandbox.app("reader").secret("app-secret").mayUse(BOX);
        try (var log = new LogOf("io.m365mail.source.mailbox")) {
            run(imap() + TO_ANNA + token("a", "imap", inbox.imapPort(), "wrong"));
            await().atMost(SOON).until(() -> log.count("AADSTS7000215") == 1);
            assertThat(log.lines().get(0)).contains("the client secret is wrong");
        }
    }

    private String token(String name, String protocol, int port, String secret) {
        return """
                m365.source.%1$s.type=mailbox
                m365.source.%1$s.mailbox=token@contoso.com
                m365.source.%1$s.protocol=%2$s
                m365.source.%1$s.host=127.0.0.1
                m365.source.%1$s.port=%3$d
                m365.source.%1$s.tls=off
                m365.source.%1$s.poll-interval=200ms
                m365.source.%1$s.authority=%4$s
                m365.source.%1$s.tenant-id=%5$s
                m365.source.%1$s.client-id=reader
                m365.source.%1$s.client-secret=%6$s
                m365.source.%1$s.to=anna@fabrikam.com
                m365.source.%1$s.from=desk@contoso.com
                """
                .formatted(name, protocol, port, sandbox.authority(), sandbox.tenantId(), secret);
    }

    @Test
    void tlsIsCheckedAndStartTlsRequired() throws Exception {
        Path keys = TestCertificates.keyStore(folder, "imap.example");
        var context = TestCertificates.context(keys, null);
        try (var log = new LogOf("io.m365mail.source.mailbox");
                var implicit = new TlsFront(context, inbox.imapPort(), false);
                var upgraded = new TlsFront(context, inbox.imapPort(), true)) {
            String trust = "m365.source.desk.trust-store=%s\nm365.source.desk.trust-store-password=%s\n"
                    .formatted(trusting(keys), TestCertificates.PASSWORD);
            deliver(HELLO);
            run(TO_ANNA + "m365.source.desk.tls=implicit\nm365.source.desk.port=" + implicit.port() + "\n" + trust);
            received(1);
            bundle.close();
            deliver(HELLO.replace("hello", "second"));
            run(TO_ANNA + "m365.source.desk.tls=starttls\nm365.source.desk.port=" + upgraded.port() + "\n" + trust);
            received(2);
            bundle.close();
            assertThat(log.lines()).isEmpty();
            // A stranger's certificate; then a server that offers no STARTTLS.
            run(TO_ANNA + "m365.source.desk.tls=implicit\nm365.source.desk.port=" + implicit.port() + "\n");
            await().atMost(SOON).until(() -> log.count("unable to find valid certification path") == 1);
            bundle.close();
            run(TO_ANNA + "m365.source.desk.tls=starttls\n" + imap());
            await().atMost(SOON).until(() -> log.count("STARTTLS required but not supported") == 1);
        }
    }

    private Path trusting(Path keys) throws Exception {
        var own = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(keys)) {
            own.load(in, TestCertificates.PASSWORD.toCharArray());
        }
        var trust = KeyStore.getInstance("PKCS12");
        trust.load(null, null);
        trust.setCertificateEntry("test", own.getCertificate("test"));
        Path file = folder.resolve("trust.p12");
        try (var out = Files.newOutputStream(file)) {
            trust.store(out, TestCertificates.PASSWORD.toCharArray());
        }
        return file;
    }
}
