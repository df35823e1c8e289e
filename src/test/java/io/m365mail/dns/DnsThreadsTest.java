package io.m365mail.dns;

import static org.assertj.core.api.Assertions.assertThat;

import io.m365mail.config.Cloud;
import io.m365mail.sandbox.SandboxDns;
import java.net.InetSocketAddress;
import java.time.Clock;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** dnsjava would start a selector thread for the whole JVM; nothing of the kind may be there after a look-up. */
class DnsThreadsTest {
    @Test
    void aLookUpLeavesNoThread() throws Exception {
        Set<Thread> before = Thread.getAllStackTraces().keySet();
        try (SandboxDns server = SandboxDns.start(0)) {
            server.mx("contoso.com", 0, "a.mail.protection.outlook.com", 60)
                    .a("a.mail.protection.outlook.com", "127.0.0.1", 60);
            var dns = new Dns(new InetSocketAddress("127.0.0.1", server.port()), Clock.systemUTC());
            new TenantMx(java.util.List.of("contoso.com"), Cloud.WORLDWIDE, true, "mx", dns, new Random(1)).find();
            assertThat(dns.questions()).isEqualTo(2);
        }
        Set<String> left = Thread.getAllStackTraces().keySet().stream()
                .filter(t -> !before.contains(t))
                .map(Thread::getName)
                .filter(name -> name.toLowerCase(java.util.Locale.ROOT).contains("dns"))
                .collect(Collectors.toSet());
        assertThat(left).isEmpty();
    }
}
