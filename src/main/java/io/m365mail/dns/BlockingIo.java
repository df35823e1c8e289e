package io.m365mail.dns;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import org.xbill.DNS.io.IoClientFactory;
import org.xbill.DNS.io.TcpIoClient;
import org.xbill.DNS.io.UdpIoClient;

/**
 * Carries a question to a DNS server in the caller's thread. dnsjava's own way uses one selector thread for the whole JVM,
 * which no bundle could stop without taking it from another. Look-ups are rare (their answers are cached), so a socket
 * each is cheap, and its random port makes forged answers hard (RFC 5452).
 */
final class BlockingIo implements IoClientFactory {
    @Override
    public UdpIoClient createOrGetUdpClient() {
        return (local, remote, query, data, max, timeout) -> done(() -> udp(remote, data, max, timeout));
    }

    @Override
    public TcpIoClient createOrGetTcpClient() {
        return (local, remote, query, data, timeout) -> done(() -> tcp(remote, data, timeout));
    }

    private interface Exchange {
        byte[] run() throws IOException;
    }

    private static CompletableFuture<byte[]> done(Exchange exchange) {
        try {
            return CompletableFuture.completedFuture(exchange.run());
        } catch (IOException e) {
            return CompletableFuture.failedFuture(e);
        }
    }

    private static byte[] udp(InetSocketAddress server, byte[] question, int max, Duration timeout) throws IOException {
        try (var socket = new DatagramSocket()) {
            // Connected: what comes from elsewhere is not even seen.
            socket.connect(server);
            socket.send(new DatagramPacket(question, question.length));
            long end = System.nanoTime() + timeout.toNanos();
            byte[] buffer = new byte[Math.max(max, 512)];
            while (true) {
                long left = (end - System.nanoTime()) / 1_000_000;
                if (left <= 0) {
                    throw new SocketTimeoutException("no answer within " + timeout.toMillis() + " ms");
                }
                socket.setSoTimeout((int) left);
                var packet = new DatagramPacket(buffer, buffer.length);
                try {
                    socket.receive(packet);
                } catch (SocketTimeoutException e) {
                    continue; // the time is over, which the loop says in better words
                }
                // Late or forged ones carry another id.
                if (packet.getLength() > 2 && buffer[0] == question[0] && buffer[1] == question[1]) {
                    return Arrays.copyOf(buffer, packet.getLength());
                }
            }
        }
    }

    private static byte[] tcp(InetSocketAddress server, byte[] question, Duration timeout) throws IOException {
        try (var socket = new Socket()) {
            int millis = (int) timeout.toMillis();
            socket.connect(server, millis);
            socket.setSoTimeout(millis);
            var out = new DataOutputStream(socket.getOutputStream());
            byte[] framed = new byte[question.length + 2];
            framed[0] = (byte) (question.length >> 8);
            framed[1] = (byte) question.length;
            System.arraycopy(question, 0, framed, 2, question.length);
            out.write(framed);
            out.flush();
            var in = new DataInputStream(socket.getInputStream());
            byte[] answer = new byte[in.readUnsignedShort()];
            in.readFully(answer);
            return answer;
        }
    }
}
