package io.m365mail.dns;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.LongAdder;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.ResolverConfig;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/** Asks the configured DNS server, or those of the system one after the other, each twice. Keeps nothing. */
public final class DnsClient {
    private static final int ROUNDS = 2;
    private static final Duration TIMEOUT = Duration.ofSeconds(3);

    private final InetSocketAddress server;
    private final LongAdder questions = new LongAdder();

    /** @param server null for the system's, read anew for each question: a laptop or a VPN changes them */
    public DnsClient(InetSocketAddress server) {
        this.server = server;
    }

    /**
     * @param type such as {@link Type#MX}
     * @throws DnsException where no server gave an answer; says which were asked and what came of it
     */
    DnsAnswer ask(Name name, int type) throws DnsException {
        List<InetSocketAddress> servers = server != null ? List.of(server) : new ResolverConfig().servers();
        String last = "this machine has no DNS server configured";
        for (int round = 0; round < ROUNDS; round++) {
            for (InetSocketAddress each : servers) {
                try {
                    return ask(each, name, type);
                } catch (IOException e) {
                    last = "DNS server " + each.getAddress().getHostAddress() + ":" + each.getPort() + ": "
                            + e.getMessage();
                }
            }
        }
        throw new DnsException(last);
    }

    private DnsAnswer ask(InetSocketAddress one, Name name, int type) throws IOException {
        var resolver = new SimpleResolver(one);
        resolver.setIoClientFactory(new BlockingIo());
        resolver.setTimeout(TIMEOUT);
        questions.increment();
        Message question = Message.newQuery(Record.newRecord(name, type, DClass.IN));
        Message answer;
        try {
            answer = resolver.sendAsync(question, Runnable::run)
                    .toCompletableFuture()
                    .join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof IOException io ? io : new IOException(e.getCause());
        }
        int code = answer.getRcode();
        if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
            throw new IOException("it answered " + Rcode.string(code) + " for " + Type.string(type) + " of " + name);
        }
        return DnsAnswer.of(answer, name, type, code == Rcode.NOERROR);
    }

    /** How many questions went out. */
    public long questions() {
        return questions.sum();
    }
}
