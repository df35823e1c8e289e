package io.m365mail.sandbox;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * A DNS server on 127.0.0.1 (UDP) that knows what it is told: MX, A and CNAME records with their time to live. What it does
 * not know does not exist, for as long as {@link #negativeLife} says. It counts the questions, and can fall silent.
 */
public final class SandboxDns implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SandboxDns.class);

    private final Map<Name, List<Record>> records = new HashMap<>();
    private final List<String> questions = new ArrayList<>();
    private final DatagramSocket socket;
    private final Thread thread;
    private int rcode = Rcode.NOERROR;
    private boolean silent;
    private long negativeLife = 60;

    private SandboxDns(DatagramSocket socket) {
        this.socket = socket;
        this.thread = new Thread(this::serve, "sandbox-dns");
        thread.setDaemon(true);
        thread.start();
    }

    /** @param port 0 for a free one */
    public static SandboxDns start(int port) throws IOException {
        return new SandboxDns(new DatagramSocket(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port)));
    }

    /** A domain of an Exchange Online tenant: contoso.com's MX is contoso-com.mail.protection.outlook.com. */
    SandboxDns tenant(String domain) {
        String host = domain.replace('.', '-') + ".mail.protection.outlook.com";
        return mx(domain, 0, host, 3600).a(host, "127.0.0.1", 10);
    }

    /** Another MX of a domain. */
    public SandboxDns mx(String domain, int preference, String host, long ttl) {
        return add(new MXRecord(name(domain), DClass.IN, ttl, preference, name(host)));
    }

    /** Another address of a host. */
    public SandboxDns a(String host, String address, long ttl) {
        try {
            return add(new ARecord(name(host), DClass.IN, ttl, InetAddress.getByName(address)));
        } catch (java.net.UnknownHostException e) {
            throw new IllegalArgumentException(address + " is no IP address", e);
        }
    }

    public SandboxDns cname(String alias, String host, long ttl) {
        return add(new CNAMERecord(name(alias), DClass.IN, ttl, name(host)));
    }

    private synchronized SandboxDns add(Record record) {
        records.computeIfAbsent(record.getName(), n -> new ArrayList<>()).add(record);
        return this;
    }

    /** Forgets a name with all its records. */
    public synchronized SandboxDns remove(String name) {
        records.remove(name(name));
        return this;
    }

    /** Seconds for which "there is none" may be believed (the minimum of the SOA record); 60. */
    public synchronized SandboxDns negativeLife(long seconds) {
        negativeLife = seconds;
        return this;
    }

    /** Answers {@code SERVFAIL} from now on, or properly again. */
    public synchronized SandboxDns failing(boolean fail) {
        rcode = fail ? Rcode.SERVFAIL : Rcode.NOERROR;
        return this;
    }

    /** Answers nothing from now on, or again. */
    public synchronized SandboxDns silent(boolean value) {
        silent = value;
        return this;
    }

    public int port() {
        return socket.getLocalPort();
    }

    /** For {@code m365.dns.server}. */
    public String server() {
        return "127.0.0.1:" + port();
    }

    /** What was asked so far, such as {@code MX contoso.com}. */
    public synchronized List<String> questions() {
        return List.copyOf(questions);
    }

    private void serve() {
        byte[] buffer = new byte[4096];
        while (!socket.isClosed()) {
            var packet = new DatagramPacket(buffer, buffer.length);
            try {
                socket.receive(packet);
                byte[] answer = answer(new Message(java.util.Arrays.copyOf(buffer, packet.getLength())));
                if (answer != null) {
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    LOG.debug("a DNS question could not be answered: {}", e.getMessage());
                }
            }
        }
    }

    private synchronized byte[] answer(Message query) {
        Record question = query.getQuestion();
        if (question == null) {
            return null;
        }
        questions.add(Type.string(question.getType()) + " " + question.getName().toString(true));
        if (silent) {
            return null;
        }
        var answer = new Message(query.getHeader().getID());
        answer.getHeader().setFlag(Flags.QR);
        answer.getHeader().setFlag(Flags.RA);
        answer.addRecord(question, Section.QUESTION);
        answer.getHeader().setRcode(rcode);
        if (rcode == Rcode.NOERROR) {
            fill(answer, question);
        }
        return answer.toWire();
    }

    private void fill(Message answer, Record question) {
        Name owner = question.getName();
        boolean found = false;
        List<Record> known = records.get(owner);
        answer.getHeader().setRcode(known == null ? Rcode.NXDOMAIN : Rcode.NOERROR);
        while (known != null) {
            Name next = null;
            for (Record r : known) {
                if (r.getType() == question.getType()) {
                    answer.addRecord(r, Section.ANSWER);
                    found = true;
                } else if (r instanceof CNAMERecord alias) {
                    answer.addRecord(r, Section.ANSWER);
                    next = alias.getTarget();
                }
            }
            known = next == null ? null : records.get(next);
        }
        if (!found) {
            Name zone = Name.root;
            answer.addRecord(
                    new SOARecord(zone, DClass.IN, 3600, zone, zone, 1, 3600, 600, 86_400, negativeLife),
                    Section.AUTHORITY);
        }
    }

    private static Name name(String text) {
        try {
            return Name.fromString(text, Name.root);
        } catch (IOException e) {
            throw new IllegalArgumentException(text + " is no DNS name", e);
        }
    }

    @Override
    public void close() {
        socket.close();
        try {
            thread.join(2000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
