package io.m365mail.app;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.m365mail.mail.MailContent;
import io.m365mail.sandbox.ReceivedMessage;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxInbox;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
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
                        m365.transport.alerts.rewrite=from
                        m365.source.desk.type=mailbox
                        m365.source.desk.mailbox=desk@contoso.com
                        m365.source.desk.auth=login
                        m365.source.desk.password=secret2
                        m365.source.desk.host=127.0.0.1
                        m365.source.desk.tls=off
                        m365.source.desk.poll-interval=200ms
                        """
                        + more);
    }

    private String imap() {
        return "m365.source.desk.port=" + inbox.imapPort() + "\n";
    }

    private String pop3() {
        return "m365.source.desk.protocol=pop3\nm365.source.desk.port=" + inbox.pop3Port() + "\n";
    }

    private void deliver(String mail) throws Exception {
        inbox.deliver(BOX, MailContent.of(mail.replace("\n", "\r\n").getBytes(UTF_8)));
    }

    private static String text(ReceivedMessage m) throws Exception {
        return new String(m.content().orElseThrow().toBytes(), ISO_8859_1);
    }

    private static final String HELLO = "From: Bob <bob@fabrikam.com>\nTo: desk@contoso.com\nSubject: hello\n\nx\n";

    @Test
    void imapMailIsPassedOnToTheConfiguredRecipientAndGone() throws Exception {
        run(imap() + "m365.source.desk.to=anna@fabrikam.com\n");
        deliver(HELLO);
        ReceivedMessage got = sandbox.log().awaitReceived(1, SOON).get(0);
        assertThat(got.recipients()).containsExactly("anna@fabrikam.com");
        assertThat(text(got)).endsWith("\r\n\r\nx\r\n").contains("Subject: hello");
        await().atMost(SOON).untilAsserted(() -> assertThat(inbox.messages(BOX)).isEmpty());
    }

    @Test
    void pop3MailIsPassedOnAndGone() throws Exception {
        run(pop3() + "m365.source.desk.to=anna@fabrikam.com\n");
        deliver(HELLO);
        deliver(HELLO.replace("hello", "again"));
        assertThat(sandbox.log().awaitReceived(2, SOON)).hasSize(2);
        await().atMost(SOON).untilAsserted(() -> assertThat(inbox.messages(BOX)).isEmpty());
    }
}
