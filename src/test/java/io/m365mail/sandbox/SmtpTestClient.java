package io.m365mail.sandbox;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A client that says exactly what a test tells it to. A reply comes as its lines; {@link #GONE} is a lost connection. */
final class SmtpTestClient implements AutoCloseable {
    static final String GONE = "(connection lost)";
    private static final int READ_LIMIT_MILLIS = 20_000;

    private final Sandbox sandbox;
    private final String greeting;
    private Socket socket;
    private BufferedReader in;

    private SmtpTestClient(Sandbox sandbox) throws IOException {
        this.sandbox = sandbox;
        use(new Socket("127.0.0.1", sandbox.submissionPort()));
        greeting = read();
    }

    static SmtpTestClient plain(Sandbox sandbox) throws IOException {
        return new SmtpTestClient(sandbox);
    }

    /** After STARTTLS and the second EHLO. */
    static SmtpTestClient tls(Sandbox sandbox) throws IOException {
        var client = new SmtpTestClient(sandbox);
        client.command("EHLO client.contoso.com");
        client.startTls();
        client.command("EHLO client.contoso.com");
        return client;
    }

    static SmtpTestClient loggedIn(Sandbox sandbox, String mailbox, String password) throws IOException {
        SmtpTestClient client = tls(sandbox);
        String reply = client.authLogin(mailbox, password);
        if (!reply.startsWith("235")) {
            throw new IOException("not logged in: " + reply);
        }
        return client;
    }

    String greeting() {
        return greeting;
    }

    void startTls() throws IOException {
        String reply = command("STARTTLS");
        if (!reply.startsWith("220")) {
            throw new IOException("no STARTTLS: " + reply);
        }
        try (InputStream file = Files.newInputStream(sandbox.trustStore())) {
            KeyStore trust = KeyStore.getInstance("PKCS12");
            trust.load(file, sandbox.trustStorePassword().toCharArray());
            var managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trust);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            var tls = (SSLSocket)
                    context.getSocketFactory().createSocket(socket, sandbox.host(), sandbox.submissionPort(), true);
            SSLParameters parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS"); // the name in the certificate must fit
            tls.setSSLParameters(parameters);
            tls.startHandshake();
            use(tls);
        } catch (GeneralSecurityException e) {
            throw new IOException(e);
        }
    }

    String authLogin(String user, String password) throws IOException {
        String reply = command("AUTH LOGIN");
        if (!reply.equals("334 VXNlcm5hbWU6")) {
            return reply;
        }
        reply = command(base64(user));
        return reply.equals("334 UGFzc3dvcmQ6") ? command(base64(password)) : reply;
    }

    String authToken(String user, String token) throws IOException {
        return command("AUTH XOAUTH2 " + base64("user=" + user + "\u0001auth=Bearer " + token + "\u0001\u0001"));
    }

    /** One transaction with a small message; the reply that ended it. */
    String send(String from, String... to) throws IOException {
        return sendMessage(from, "From: " + from + "\r\nSubject: test\r\n\r\nHello\r\n", to);
    }

    /** @param message with CRLF line ends and no line that begins with a dot */
    String sendMessage(String from, String message, String... to) throws IOException {
        String reply = command("MAIL FROM:<" + from + ">");
        if (!reply.startsWith("250")) {
            return reply;
        }
        String refusal = null;
        int accepted = 0;
        for (String recipient : to) {
            reply = command("RCPT TO:<" + recipient + ">");
            if (reply.startsWith("250")) {
                accepted++;
            } else {
                refusal = reply;
            }
        }
        if (accepted == 0) {
            command("RSET");
            return refusal;
        }
        reply = command("DATA");
        return reply.startsWith("354") ? command(message + ".") : reply;
    }

    String command(String line) throws IOException {
        say(line);
        return read();
    }

    void say(String line) throws IOException {
        try {
            socket.getOutputStream().write((line + "\r\n").getBytes(StandardCharsets.UTF_8));
            socket.getOutputStream().flush();
        } catch (IOException e) {
            // The server has gone: the read that follows says so.
        }
    }

    String read() {
        var lines = new StringBuilder();
        try {
            String line = in.readLine();
            while (line != null && line.length() > 3 && line.charAt(3) == '-') {
                lines.append(line).append('\n');
                line = in.readLine();
            }
            return line == null ? GONE : lines + line;
        } catch (java.net.SocketTimeoutException e) {
            throw new AssertionError("no reply in " + READ_LIMIT_MILLIS + " ms after " + lines, e);
        } catch (IOException e) {
            return GONE;
        }
    }

    private void use(Socket s) throws IOException {
        socket = s;
        socket.setSoTimeout(READ_LIMIT_MILLIS);
        in = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    static String base64(String s) {
        return Base64.getEncoder().encodeToString(s.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
