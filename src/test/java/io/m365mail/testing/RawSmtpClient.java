package io.m365mail.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;

/** A client that sends exactly the octets it is told to, and reads replies line by line. It knows no SMTP. */
public final class RawSmtpClient implements AutoCloseable {
    private Socket socket;
    private InputStream in;

    public RawSmtpClient(int port) throws IOException {
        this(InetAddress.getByName("127.0.0.1"), port);
    }

    /** @param address to connect to and from: any of 127.0.0.0/8 looks like another client */
    public RawSmtpClient(InetAddress address, int port) throws IOException {
        use(new Socket(InetAddress.getByName("127.0.0.1"), port, address, 0));
        socket.setTcpNoDelay(true);
    }

    private void use(Socket newSocket) throws IOException {
        socket = newSocket;
        socket.setSoTimeout(20_000);
        in = new java.io.BufferedInputStream(socket.getInputStream());
    }

    /** Puts TLS on the connection; returns when the handshake is done. */
    public void startTls(SSLContext context) throws IOException {
        var tls = (SSLSocket) context.getSocketFactory().createSocket(socket, "localhost", socket.getPort(), true);
        tls.startHandshake();
        use(tls);
    }

    public void send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
    }

    /** Sends a text in UTF-8 as it is, without adding a line end. */
    public void send(String text) throws IOException {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Sends a line and reads the reply to it. */
    public String command(String line) throws IOException {
        send(line + "\r\n");
        return reply();
    }

    /** One line without CRLF, or null at the end of the connection. */
    public String line() throws IOException {
        var line = new ByteArrayOutputStream();
        try {
            for (int c = in.read(); c >= 0; c = in.read()) {
                line.write(c);
                if (c == '\n') {
                    String text = line.toString(StandardCharsets.UTF_8);
                    if (!text.endsWith("\r\n")) {
                        throw new IOException("a reply line ends without CRLF: " + text);
                    }
                    return text.substring(0, text.length() - 2);
                }
            }
        } catch (SocketTimeoutException e) {
            throw e;
        } catch (IOException reset) {
            return null;
        }
        return null;
    }

    /** All lines of one reply, joined by line feeds; null at the end of the connection. */
    public String reply() throws IOException {
        List<String> lines = new ArrayList<>();
        String line;
        do {
            line = line();
            if (line == null) {
                return null;
            }
            lines.add(line);
        } while (line.length() > 3 && line.charAt(3) == '-');
        return String.join("\n", lines);
    }

    /** Cuts the connection with a reset, as a device that is switched off. */
    public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
