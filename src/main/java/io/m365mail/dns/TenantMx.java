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
 * The Exchange Online servers of a tenant: the MX of the first of its domains that has one there, by preference, equal
 * ones in a random order (RFC 5321 section 5.1), each with its addresses. One endpoint serves them all: it takes mail for
 * any recipient of its region and finds the tenant by the recipient (Microsoft, "Direct Send vs sending directly to an
 * Exchange Online tenant"), so a domain whose MX is a filter or an old server keeps nobody's mail waiting. An MX that is
 * not Exchange Online's is never connected to, whoever put it into the DNS. Where no domain has one, that is a fault of
 * the configuration, or of the DNS where it did not answer for one of them.
 */
public final class TenantMx implements MailServers {
    /** A DNS that is away is not asked for each of a hundred domains: a question takes seconds then. */
    private static final int MAX_UNANSWERED = 2;

    private static final int MAX_SHOWN = 3;

    private final List<String> domains;
    private final Cloud cloud;
    private final boolean ipv4;
    private final String transport;
    private final DnsCache dns;
    private final Random random;

    /**
     * @param domains of one tenant, at least one
     * @param transport its name, for the words
     * @param ipv4 leave out IPv6 addresses
     * @param random shares equal servers
     */
    public TenantMx(List<String> domains, Cloud cloud, boolean ipv4, String transport, Dns dns, Random random) {
        this.domains = List.copyOf(domains);
        this.cloud = cloud;
        this.ipv4 = ipv4;
        this.transport = transport;
        this.dns = dns.cache();
        this.random = random;
    }

    @Override
    public List<Server> find() throws SmtpFailure {
        List<String> unanswered = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        for (String domain : domains) {
            try {
                return servers(domain);
            } catch (DnsException e) {
                unanswered.add("the MX of " + domain + " cannot be looked up: " + e.getMessage());
            } catch (NotThere e) {
                (e.mayChange ? unanswered : wrong).add(e.getMessage());
            }
            if (unanswered.size() == MAX_UNANSWERED) {
                break;
            }
        }
        throw unanswered.isEmpty() ? wrong(wrong) : later(unanswered);
    }

    private List<Server> servers(String domain) throws DnsException, NotThere {
        List<MXRecord> records = mx(domain);
        List<Server> servers = new ArrayList<>();
        for (MXRecord mx : records) {
            List<InetAddress> addresses = addresses(mx.getTarget());
            if (!addresses.isEmpty()) {
                servers.add(new Server(host(mx), addresses));
            }
        }
        if (servers.isEmpty()) {
            throw new NotThere(
                    "the MX of " + domain + ", " + host(records.get(0)) + ", has no address" + (ipv4 ? " (IPv4)" : ""),
                    true);
        }
        return servers;
    }

    private List<MXRecord> mx(String domain) throws DnsException, NotThere {
        DnsAnswer answer = dns.ask(name(domain), Type.MX);
        List<MXRecord> records = new ArrayList<>();
        answer.records().forEach(r -> records.add((MXRecord) r));
        if (records.isEmpty()) {
            throw new NotThere(
                    "the domain " + domain + (answer.exists() ? " has no MX" : " does not exist in the DNS"), false);
        }
        for (MXRecord mx : records) {
            Cloud found = Cloud.ofMx(host(mx));
            if (found == null) {
                throw new NotThere(
                        "the MX of " + domain + " is " + (host(mx).isEmpty() ? "none (RFC 7505)" : host(mx))
                                + ", which is not Exchange Online's",
                        false);
            } else if (!cloud.hasMx(host(mx))) {
                throw new NotThere(
                        "the MX of " + domain + " is " + host(mx) + ", in the cloud " + found.key()
                                + ", but m365.transport." + transport + ".cloud is " + cloud.key(),
                        false);
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

    private static Name name(String domain) throws NotThere {
        try {
            return Name.fromString(java.net.IDN.toASCII(domain), Name.root);
        } catch (TextParseException | IllegalArgumentException e) {
            throw new NotThere(domain + " in m365.domains is no domain name", false);
        }
    }

    /** A domain without a server to send to, and why. */
    private static final class NotThere extends Exception {
        private static final long serialVersionUID = 1L;

        private final boolean mayChange;

        /** @param mayChange by itself, soon */
        NotThere(String why, boolean mayChange) {
            super(why, null, false, false);
            this.mayChange = mayChange;
        }
    }

    private static SmtpFailure later(List<String> why) {
        String text = String.join("; ", why) + "; check m365.dns.server, the way there and the zone";
        return new SmtpFailure(Stage.CONNECT, new Reply(421, "4.4.3", text), false);
    }

    private SmtpFailure wrong(List<String> why) {
        String text = shown(why) + "; set m365.transport." + transport
                + ".host to the tenant's MX endpoint (admin centre, Settings, Domains), such as"
                + " contoso-com.mail.protection.outlook.com";
        return new SmtpFailure(Stage.CONNECT, new Reply(554, "5.4.4", text), false);
    }

    /** The first ones; a tenant may have hundreds of domains. */
    private static String shown(List<String> why) {
        int more = why.size() - MAX_SHOWN;
        return String.join("; ", why.subList(0, Math.min(MAX_SHOWN, why.size())))
                + (more > 0 ? "; and " + more + " more domains" : "");
    }
}
