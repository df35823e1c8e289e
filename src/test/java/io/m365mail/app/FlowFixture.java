package io.m365mail.app;

import com.fasterxml.jackson.databind.JsonNode;
import io.m365mail.limit.Timing;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.sandbox.SandboxLimits;
import io.m365mail.testing.SmtpSubmitter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Exchange Online's stand-in, the old server, and a bundle between them with quick probes and retries. */
abstract class FlowFixture {
    static final Duration SOON = Duration.ofSeconds(30);
    static final String ERP = "erp@contoso.com";
    static final BundleTiming FAST = new BundleTiming(
            Clock.systemUTC(), Timing.SYSTEM, Duration.ofMinutes(1), Duration.ofSeconds(1), Duration.ofSeconds(2));
    static final String QUICK_RETRY = "m365.retry.initial=1s\nm365.retry.maximum=2s\n";

    @TempDir
    Path folder;

    private final List<AutoCloseable> open = new ArrayList<>();
    Sandbox exchange;
    Sandbox old;
    RunningBundle bundle;

    @BeforeEach
    void sandboxes() throws Exception {
        exchange = sandbox("exchange", 0);
        old = sandbox("old", 0);
    }

    @AfterEach
    void close() throws Exception {
        if (bundle != null) {
            bundle.close();
        }
        for (AutoCloseable c : open) {
            c.close();
        }
    }

    Sandbox sandbox(String name, int port) throws Exception {
        Sandbox s = Sandbox.builder(folder.resolve(name))
                .ports(port, 0)
                .limits(SandboxLimits.none())
                .refusedAuthDelay(Duration.ZERO)
                .build();
        s.mailbox(ERP, "secret1").sendAs("hr@contoso.com");
        s.start();
        open.add(s);
        return s;
    }

    void start(String more) throws Exception {
        bundle = RunningBundle.start(
                folder, exchange("alerts", exchange) + server("onprem", old) + QUICK_RETRY + more, FAST);
    }

    static String exchange(String name, Sandbox s) {
        return RunningBundle.mailbox(name, s, ERP, "secret1")
                + "m365.transport." + name + ".messages-per-minute=0\n"
                + "m365.transport." + name + ".senders=*@contoso.com\n";
    }

    static String server(String name, Sandbox s) {
        return """
                m365.transport.%1$s.type=server
                m365.transport.%1$s.host=%2$s
                m365.transport.%1$s.port=%3$d
                m365.transport.%1$s.tls=require
                m365.transport.%1$s.trust-store=%4$s
                m365.transport.%1$s.trust-store-password=%5$s
                m365.transport.%1$s.username=%6$s
                m365.transport.%1$s.password=secret1
                """
                .formatted(name, s.host(), s.submissionPort(), s.trustStore(), s.trustStorePassword(), ERP);
    }

    void submit(String subject, String... to) throws Exception {
        SmtpSubmitter.submit(bundle.smtpPort(), ERP, subject, to);
    }

    JsonNode status() throws Exception {
        return new BundleView(bundle).status();
    }

    JsonNode transport(String name) throws Exception {
        return new BundleView(bundle).transport(name);
    }

    int post(String path) throws Exception {
        return new BundleView(bundle).post(path);
    }

    /** How often each recipient got a message, over all servers. */
    static Map<String, Integer> arrivals(Sandbox... servers) {
        Map<String, Integer> all = new TreeMap<>();
        for (Sandbox s : servers) {
            s.log().received().forEach(m -> m.recipients().forEach(r -> all.merge(r, 1, Integer::sum)));
        }
        return all;
    }

    static void awaitReceived(Sandbox s, int n) throws Exception {
        s.log().awaitReceived(n, SOON);
    }
}
