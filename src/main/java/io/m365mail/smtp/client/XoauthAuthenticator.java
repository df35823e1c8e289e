package io.m365mail.smtp.client;

import io.m365mail.oauth.TokenException;
import io.m365mail.oauth.TokenSource;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * {@code AUTH XOAUTH2} with the initial response in one line, as Exchange Online wants it. A 334 is the error in detail
 * (Google's way) and is answered with an empty line, after which the real reply comes. A 535 to a token that was fetched
 * some time ago may only mean that it was revoked: one more try with a fresh token, then the reply stands.
 *
 * @see <a href="https://learn.microsoft.com/en-us/exchange/client-developer/legacy-protocols/how-to-authenticate-an-imap-pop-smtp-application-by-using-oauth">Microsoft:
 *     authenticate an SMTP connection using OAuth</a>
 */
public final class XoauthAuthenticator implements Authenticator {
    private final String user;
    private final TokenSource tokens;

    public XoauthAuthenticator(String user, TokenSource tokens) {
        this.user = user;
        this.tokens = tokens;
    }

    @Override
    public String mechanism() {
        return "XOAUTH2";
    }

    @Override
    public Reply authenticate(Dialogue dialogue) throws IOException, SmtpFailure {
        String token = token();
        Reply reply = attempt(dialogue, token);
        if (reply.code() == 535 && tokens.invalidate(token)) {
            reply = attempt(dialogue, token());
        }
        return reply;
    }

    private Reply attempt(Dialogue dialogue, String token) throws IOException {
        String blob = "user=" + user + "\u0001auth=Bearer " + token + "\u0001\u0001";
        Reply reply = dialogue.say(
                "AUTH XOAUTH2 " + Base64.getEncoder().encodeToString(blob.getBytes(StandardCharsets.UTF_8)));
        return reply.code() == 334 ? dialogue.say("") : reply;
    }

    private String token() throws SmtpFailure {
        try {
            return tokens.token();
        } catch (TokenException e) {
            Reply reply =
                    e.configuration() ? OwnReplies.tokenRefused(e.getMessage()) : OwnReplies.noToken(e.getMessage());
            throw new SmtpFailure(Stage.AUTH, reply, false);
        }
    }

    @Override
    public String toString() {
        return "XOAUTH2 as " + user;
    }
}
