package io.m365mail.source.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.mail.RefusedMessageException;
import io.m365mail.mail.Submission;
import io.m365mail.smtp.RefusedException;
import io.m365mail.testing.RawSmtpClient;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.camel.Exchange;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.test.junit5.CamelTestSupport;
import org.junit.jupiter.api.io.TempDir;

/** The SMTP source over real sockets, before an intake that does what the sender's local part asks. */
abstract class SmtpSourceRoute extends CamelTestSupport {
    @TempDir
    static Path temp;

    final List<Submission> taken = new CopyOnWriteArrayList<>();
    final List<Map<String, Object>> headers = new CopyOnWriteArrayList<>();
    final CountDownLatch release = new CountDownLatch(1);

    @Override
    public boolean isUseRouteBuilder() {
        return false;
    }

    /** What the intake does, as the sender's local part asks. */
    void intake(Exchange exchange) throws Exception {
        Submission submission = exchange.getIn().getBody(Submission.class);
        switch (submission.envelope().from().replaceAll("@.*", "")) {
            case "refused" -> throw new RefusedException(554, "5.6.0 The route does not like it");
            case "norelay" -> throw new RefusedMessageException(550, "5.7.1", "no transport");
            case "broken" -> throw new IllegalStateException("the broker is away");
            case "hangs" -> assertThat(release.await(20, TimeUnit.SECONDS)).isTrue();
            default -> exchange.setProperty("M365SubmissionId", "id-" + taken.size());
        }
        headers.add(Map.copyOf(exchange.getIn().getHeaders()));
        // Read before it is kept: the content is valid only until the reply.
        taken.add(new Submission(
                submission.source(),
                submission.envelope(),
                io.m365mail.mail.MailContent.of(submission.content().toBytes()),
                submission.priority(),
                submission.submitterId(),
                submission.receivedFrom(),
                submission.receivedAt()));
    }

    SmtpSourceConsumer source(String options) throws Exception {
        return source(options, Map.of());
    }

    SmtpSourceConsumer source(String options, Map<String, Object> beans) throws Exception {
        beans.forEach(context.getRegistry()::bind);
        var component = context.getComponent("smtp-source", SmtpSourceComponent.class);
        component.setHostname("relay.contoso.com");
        component.setSpoolDirectory(temp);
        context.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("smtp-source:office?port=0" + options).routeId("office").process(SmtpSourceRoute.this::intake);
            }
        });
        context.start();
        return (SmtpSourceConsumer) context.getRoute("office").getConsumer();
    }

    static RawSmtpClient connect(SmtpSourceConsumer source) throws IOException {
        return connect("127.0.0.1", source);
    }

    static RawSmtpClient connect(String from, SmtpSourceConsumer source) throws IOException {
        var client = new RawSmtpClient(InetAddress.getByName(from), source.getPort());
        assertThat(client.reply()).isEqualTo("220 relay.contoso.com ESMTP m365-mail-routes");
        assertThat(client.command("EHLO printer7")).startsWith("250-relay.contoso.com Hello [" + from + "]");
        return client;
    }

    static String send(RawSmtpClient client, String from, String text) throws IOException {
        client.send("MAIL FROM:<" + from + ">\r\nRCPT TO:<b@contoso.com>\r\nDATA\r\n");
        assertThat(client.reply()).startsWith("250");
        assertThat(client.reply()).startsWith("250");
        assertThat(client.reply()).startsWith("354");
        return client.command(text + "\r\n.");
    }
}
