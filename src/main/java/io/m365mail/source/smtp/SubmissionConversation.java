package io.m365mail.source.smtp;

import io.m365mail.mail.Envelope;
import io.m365mail.mail.MailContent;
import io.m365mail.mail.MailLog;
import io.m365mail.mail.Recipient;
import io.m365mail.mail.Submission;
import io.m365mail.rewrite.Matching;
import io.m365mail.rewrite.RewriteRules;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.server.PathCheck;
import io.m365mail.smtp.server.SmtpConversation;
import io.m365mail.smtp.server.SmtpCredentials;
import io.m365mail.smtp.server.SmtpPeer;
import java.net.Inet6Address;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One client of an SMTP source: asks the policy at each step, collects the envelope, and hands the whole message to the
 * route. Nothing is promised before the route is through.
 */
final class SubmissionConversation implements SmtpConversation {
    private static final Logger LOG = LoggerFactory.getLogger(SubmissionConversation.class);
    private static final int ORDINARY_PRIORITY = 4;
    private static final long FAILED_LOGIN_SECONDS = 1;

    private final String source;
    private final String hostname;
    private final SmtpPeer peer;
    private final SubmissionPolicy policy;
    private final RewriteRules rules;
    private final Acceptance acceptance;
    private final UnconfirmedAnswers unconfirmed;
    private final Clock clock;
    private UnconfirmedAnswers.Answer last;
    private MailCommand mail;
    private Matching matching;
    private String sender;
    private String said;
    private boolean lineEndsRepaired;
    private List<Recipient> recipients = new ArrayList<>();

    SubmissionConversation(
            String source,
            String hostname,
            SmtpPeer peer,
            SubmissionPolicy policy,
            RewriteRules rules,
            Acceptance acceptance,
            UnconfirmedAnswers unconfirmed,
            Clock clock) {
        this.source = source;
        this.hostname = hostname;
        this.peer = peer;
        this.policy = policy;
        this.rules = rules;
        this.acceptance = acceptance;
        this.unconfirmed = unconfirmed;
        this.clock = clock;
    }

    @Override
    public CompletionStage<Reply> greet() {
        return now(Reply.of(220, hostname + " ESMTP m365-mail-routes"));
    }

    @Override
    public CompletionStage<Reply> hello(String name) {
        return now(Reply.of(250, hostname + " Hello " + literal()));
    }

    @Override
    public CompletionStage<Reply> auth(SmtpCredentials credentials) {
        if (policy.login(credentials)) {
            return now(Reply.of(235, "2.7.0 Authentication successful"));
        }
        LOG.info("{}: failed login from {} as {}", source, literal(), printable(credentials.user()));
        Reply refusal = Reply.of(535, "5.7.8 User name or password is wrong (m365.source." + source + ".users)");
        return new CompletableFuture<Reply>().completeOnTimeout(refusal, FAILED_LOGIN_SECONDS, TimeUnit.SECONDS);
    }

    @Override
    public CompletionStage<Reply> mail(MailCommand command) {
        said = command.from();
        matching = rules.matching(source, peer.remote().getAddress(), command.from());
        Matching.Result after = matching.sender(command.from());
        sender = after.address();
        Reply refusal = checksAddresses() ? PathCheck.refusal(sender, true, command.smtpUtf8(), "5.1.7") : null;
        refusal = refusal == null ? policy.sender(peer, command.from(), after) : refusal;
        mail = refusal == null ? command : null;
        return now(refusal == null ? Reply.of(250, "2.1.0 Sender OK") : refusal);
    }

    @Override
    public CompletionStage<Reply> rcpt(Recipient recipient) {
        Matching.Result after = matching.recipient(recipient.address());
        if (checksAddresses()) {
            for (String address : after.addresses()) {
                Reply invalid = PathCheck.refusal(address, false, mail.smtpUtf8(), "5.1.3");
                if (invalid != null) {
                    return now(invalid);
                }
            }
        }
        Reply refusal = policy.recipient(peer, sender, recipient.address(), after);
        if (refusal != null) {
            return now(refusal);
        }
        recipients.add(recipient);
        return now(Reply.of(250, "2.1.5 Recipient OK"));
    }

    @Override
    public CompletionStage<Reply> data() {
        Reply refusal = acceptance.hasRoom() ? policy.message(peer) : Acceptance.BUSY;
        return now(refusal == null ? Reply.of(354, "Start mail input; end with <CRLF>.<CRLF>") : refusal);
    }

    @Override
    public CompletionStage<Reply> message(MailContent content) {
        var envelope =
                new Envelope(mail.from(), recipients, mail.smtpUtf8(), mail.eightBit(), mail.ret(), mail.envid());
        last = unconfirmed.new Answer();
        var submission = new Submission(
                        source, envelope, content, ORDINARY_PRIORITY, null, receivedFrom(), clock.instant())
                .withClient(peer.remote().getAddress());
        return acceptance.accept(
                submission, new Acceptance.Reserve(lineEndsRepaired, policy.reportSender(mail.from())), last);
    }

    /** The rules may make something of an address that no envelope may have. */
    @Override
    public boolean checksAddresses() {
        return !rules.isEmpty();
    }

    @Override
    public boolean repairsLineEnds() {
        return matching.repairsLineEnds();
    }

    @Override
    public void lineEndsRepaired() {
        lineEndsRepaired = true;
    }

    @Override
    public void command() {
        if (last != null) {
            last.confirmed();
            last = null;
        }
    }

    @Override
    public void reset() {
        mail = null;
        lineEndsRepaired = false;
        recipients = new ArrayList<>();
    }

    @Override
    public void closed() {
        if (last != null) {
            last.closed();
        }
        reset();
    }

    @Override
    public void refused(String command, Reply reply) {
        boolean toldAlready = reply.code() == 535 || "4.3.1".equals(reply.enhanced());
        if (!toldAlready) {
            MailLog.refused(source, peer.helloName(), peer.remote().getAddress(), said, command, reply.toString());
        }
    }

    /** For the Received field. The server checked the name. */
    private String receivedFrom() {
        return peer.helloName() + " (" + literal() + ") with " + protocol();
    }

    /** As RFC 3848 and RFC 6531 name it; they have no name for HELO with TLS or a login. */
    private String protocol() {
        String suffix = (peer.tls() ? "S" : "") + (peer.user() == null ? "" : "A");
        if (mail.smtpUtf8()) {
            return "UTF8SMTP" + suffix;
        }
        return peer.extended() || !suffix.isEmpty() ? "ESMTP" + suffix : "SMTP";
    }

    private String literal() {
        var address = peer.remote().getAddress();
        return "[" + (address instanceof Inet6Address ? "IPv6:" : "") + address.getHostAddress() + "]";
    }

    private static String printable(String text) {
        return text.replaceAll("[\\p{Cntrl}\\p{Zl}\\p{Zp}]", "?");
    }

    private static CompletionStage<Reply> now(Reply reply) {
        return CompletableFuture.completedFuture(reply);
    }
}
