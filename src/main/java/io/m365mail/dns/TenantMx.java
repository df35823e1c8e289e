package io.m365mail.dns;

import io.m365mail.config.Cloud;
import io.m365mail.smtp.Reply;
import io.m365mail.smtp.Stage;
import io.m365mail.smtp.client.MailServers;
import io.m365mail.smtp.client.SmtpFailure;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/**
 * The Exchange Online servers of a domain: its MX by preference, equal ones in a random order (RFC 5321 section 5.1),
 * each with its addresses. An MX that is not Exchange Online's is never connected to, whoever put it into the DNS: that
 * is a fault of the configuration, as are a domain without MX and an MX of another cloud.
 */
public final class TenantMx implements MailServers {
    private final String domain;
    private final Cloud cloud;
    private final boolean ipv4;
    private final String transport;
    private final DnsCache dns;
    private final Random random;

    /**
     * @param transport its name, for the words
     * @param ipv4 leave out IPv6 addresses
     * @param random shares equal servers
     */
    public TenantMx(String domain, Cloud cloud, boolean ipv4, String transport, Dns dns, Random random) {
        this.domain = domain;
        this.cloud = cloud;
        this.ipv4 = ipv4;
        this.transport = transport;
        this.dns = dns.cache();
        this.random = random;
    }

    @Override
    public List<Server> find() throws SmtpFailure {
        try {
            List<MXRecord> records = mx();
            List<Server> servers = new ArrayList<>();
            for (MXRecord mx : records) {
                List<InetAddress> addresses = addresses(mx.getTarget());
                if (!addresses.isEmpty()) {
                    servers.add(new Server(host(mx), addresses));
                }
            }
            if (servers.isEmpty()) {
                throw later("the MX of " + domain + ", " + host(records.get(0)) + ", has no address"
                        + (ipv4 ? " (IPv4)" : "") + "; check the DNS");
            }
            return servers;
        } catch (DnsException e) {
            throw later("the MX of " + domain + " cannot be looked up: " + e.getMessage()
                    + "; check m365.dns.server and the way there");
        }
    }

    private List<MXRecord> mx() throws DnsException, SmtpFailure {
        DnsAnswer answer = dns.ask(name(domain), Type.MX);
        List<MXRecord> records = new ArrayList<>();
        answer.records().forEach(r -> records.add((MXRecord) r));
        if (records.isEmpty()) {
            throw wrong("the domain " + domain + (answer.exists() ? " has no MX" : " does not exist in the DNS"));
        }
        for (MXRecord mx : records) {
            Cloud found = Cloud.ofMx(host(mx));
            if (found == null) {
                throw wrong("the MX of " + domain + " is " + (host(mx).isEmpty() ? "none (RFC 7505)" : host(mx))
                        + ", which is not Exchange Online's");
            } else if (!cloud.hasMx(host(mx))) {
                throw wrong("the MX of " + domain + " is " + host(mx) + ", in the cloud " + found.key()
                        + ", but m365.transport." + transport + ".cloud is " + cloud.key());
            }
        }
        // A stable sort of a shuffled list: equal preferences stay shuffled.
        Collections.shuffle(records, random);
        records.sort(Comparator.comparingInt(MXRecord::getPriority));
        return records;
    }

    private List<InetAddress> addresses(Name host) throws DnsException {
        List<InetAddress> all = new ArrayList<>();
        for (Record r : dns.ask(host, Type.A).records()) {
            all.add(((ARecord) r).getAddress());
        }
        if (!ipv4) {
            for (Record r : dns.ask(host, Type.AAAA).records()) {
                all.add(((AAAARecord) r).getAddress());
            }
        }
        Collections.shuffle(all, random);
        return all;
    }

    private static String host(MXRecord mx) {
        return mx.getTarget().toString(true).toLowerCase(Locale.ROOT).replaceAll("^\\.$", "");
    }

    private static Name name(String domain) throws SmtpFailure {
        try {
            return Name.fromString(java.net.IDN.toASCII(domain), Name.root);
        } catch (TextParseException | IllegalArgumentException e) {
            throw new SmtpFailure(
                    Stage.CONNECT,
                    new Reply(554, "5.4.4", "no MX: " + domain + " is no domain name; correct m365.domains"),
                    false);
        }
    }

    private static SmtpFailure later(String why) {
        return new SmtpFailure(Stage.CONNECT, new Reply(421, "4.4.3", why), false);
    }

    private SmtpFailure wrong(String why) {
        return new SmtpFailure(
                Stage.CONNECT,
                new Reply(
                        554,
                        "5.4.4",
                        why + "; set m365.transport." + transport
                                + ".host to the tenant's MX endpoint (admin centre, Settings, Domains), such as"
                                + " contoso-com.mail.protection.outlook.com"),
                false);
    }
}
