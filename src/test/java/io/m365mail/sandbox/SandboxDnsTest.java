package io.m365mail.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.apache.camel.CamelExecutionException;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Lookup;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.Resolver;
import org.xbill.DNS.SimpleResolver;

/** The sandbox's DNS server as another client sees it: camel-dns, which looks up by dnsjava's default resolver. */
class SandboxDnsTest {
    private Resolver previous;
    private SandboxDns server;
    private DefaultCamelContext camel;

    @BeforeEach
    void start() throws Exception {
        server = SandboxDns.start(0);
        previous = Lookup.getDefaultResolver();
        Lookup.setDefaultResolver(
                new SimpleResolver(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), server.port())));
        camel = new DefaultCamelContext();
        camel.start();
    }

    @AfterEach
    void stop() throws Exception {
        camel.close();
        Lookup.setDefaultResolver(previous);
        server.close();
    }

    private Record[] lookup(String name, String type) {
        try (var template = camel.createProducerTemplate()) {
            return template.requestBodyAndHeaders(
                    "dns:lookup", null, Map.of("dns.name", name, "dns.type", type), Record[].class);
        } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    @Test
    void itAnswersMxAndAddressesWithTheirTimeToLive() {
        server.tenant("contoso.com");
        MXRecord mx = (MXRecord) lookup("contoso.com", "MX")[0];
        assertThat(mx.getTarget()).hasToString("contoso-com.mail.protection.outlook.com.");
        assertThat(mx.getTTL()).isEqualTo(3600);
        assertThat(lookup("contoso-com.mail.protection.outlook.com", "A")[0].rdataToString())
                .isEqualTo("127.0.0.1");
        assertThat(server.questions()).hasSize(2);
    }

    @Test
    void whatItDoesNotKnowDoesNotExist() {
        org.assertj.core.api.Assertions.assertThatThrownBy(() -> lookup("nowhere.example", "MX"))
                .isInstanceOf(CamelExecutionException.class)
                .hasRootCauseMessage("host not found");
    }
}
