package io.m365mail.smtp.client;

import io.m365mail.config.Secret;
import io.m365mail.smtp.Reply;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * {@code AUTH LOGIN} (draft-murchison-sasl-login): user name and password, each in answer to a challenge. What the
 * challenges say is not looked at, as servers word them differently.
 */
public final class LoginAuthenticator implements Authenticator {
    private final String user;
    private final Secret password;

    public LoginAuthenticator(String user, Secret password) {
        this.user = user;
        this.password = password;
    }

    @Override
    public String mechanism() {
        return "LOGIN";
    }

    @Override
    public Reply authenticate(Dialogue dialogue) throws IOException {
        Reply reply = dialogue.say("AUTH LOGIN");
        if (reply.code() == 334) {
            reply = dialogue.say(base64(user));
        }
        if (reply.code() == 334) {
            reply = dialogue.say(base64(password.reveal()));
        }
        return reply.code() == 334 ? dialogue.say("*") : reply;
    }

    private static String base64(String value) {
        return Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public String toString() {
        return "LOGIN as " + user;
    }
}
