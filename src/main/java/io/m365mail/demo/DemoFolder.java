package io.m365mail.demo;

import io.m365mail.config.ConfigLoader;
import io.m365mail.sandbox.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The demo's folder, laid out as an installation: {@code config/application.properties}, {@code routes}, {@code secrets},
 * and {@code data}, which the bundle makes. It is complete: {@code m365-mail run --config} could run it.
 */
record DemoFolder(Path path, int smtpPort, int brokerPort, int apiPort) {
    private static final List<String> ESSENTIAL =
            List.of(".type", ".mailbox", ".auth", ".client-id", ".client-secret", ".password", ".senders", ".rewrite");

    /** Chooses free ports and writes everything but the data. */
    static DemoFolder write(Path path, Sandbox sandbox) throws IOException {
        int[] ports = freePorts(3);
        var folder = new DemoFolder(path, ports[0], ports[1], ports[2]);
        Files.createDirectories(folder.config());
        Files.writeString(folder.properties(), folder.text(sandbox));
        Path secrets = Files.createDirectories(path.resolve("secrets"));
        Files.writeString(secrets.resolve("alerts-client-secret"), DemoTenant.CLIENT_SECRET + "\n");
        Files.writeString(secrets.resolve("printers-password"), DemoTenant.PRINTERS_PASSWORD + "\n");
        copyRoutes(Files.createDirectories(path.resolve("routes")));
        return folder;
    }

    Path config() {
        return path.resolve("config");
    }

    Path properties() {
        return config().resolve(ConfigLoader.FILE);
    }

    Path pickup() {
        return path.resolve("data").resolve("pickup");
    }

    /** What a reader has to see of the file to understand it: the mailboxes, as they stand there. */
    List<String> essentialLines() throws IOException {
        try (Stream<String> lines = Files.lines(properties())) {
            return lines.filter(l -> l.startsWith("m365.transport.")
                            && ESSENTIAL.contains(l.substring(l.lastIndexOf('.', l.indexOf('=')), l.indexOf('='))))
                    .toList();
        }
    }

    private String text(Sandbox sandbox) {
        return """
                # The demo's configuration. Yours looks the same, without the last part.
                m365.domains=contoso.com
                m365.hostname=relay.contoso.com
                m365.source.smtp.port=%1$d
                m365.broker.acceptor=127.0.0.1:%2$d
                m365.management.port=%3$d
                # The default is a minute; the demo does not want to wait so long for a second attempt.
                m365.retry.initial=1s

                # A mailbox for applications. It logs in with OAuth, as an app of the tenant.
                m365.transport.alerts.type=smtp-auth
                m365.transport.alerts.mailbox=%4$s
                m365.transport.alerts.tenant-id=%5$s
                m365.transport.alerts.client-id=%6$s
                m365.transport.alerts.client-secret={{file:secrets/alerts-client-secret}}

                # A mailbox that all printers share. It logs in with a password, and becomes the From of their mail.
                m365.transport.printers.type=smtp-auth
                m365.transport.printers.mailbox=%7$s
                m365.transport.printers.auth=login
                m365.transport.printers.password={{file:secrets/printers-password}}
                m365.transport.printers.senders=printer-*@contoso.com
                m365.transport.printers.rewrite=from

                # Only for the demo: the sandbox instead of smtp.office365.com and login.microsoftonline.com.
                m365.transport.alerts.authority=%8$s
                """
                        .formatted(
                                smtpPort,
                                brokerPort,
                                apiPort,
                                DemoTenant.ALERTS,
                                sandbox.tenantId(),
                                DemoTenant.CLIENT_ID,
                                DemoTenant.PRINTERS,
                                sandbox.authority())
                + standIn("alerts", sandbox)
                + standIn("printers", sandbox);
    }

    private static String standIn(String transport, Sandbox sandbox) {
        return """
                m365.transport.%1$s.host=%2$s
                m365.transport.%1$s.port=%3$d
                m365.transport.%1$s.trust-store=%4$s
                m365.transport.%1$s.trust-store-password=%5$s
                """
                .formatted(
                        transport,
                        sandbox.host(),
                        sandbox.submissionPort(),
                        sandbox.trustStore(),
                        sandbox.trustStorePassword());
    }

    /** The routes of the jar: the demo shows what was built, whatever folder it is called in. */
    private static void copyRoutes(Path into) throws IOException {
        for (Resource route : new PathMatchingResourcePatternResolver().getResources("classpath:routes/*.camel.yaml")) {
            try (InputStream in = route.getInputStream()) {
                Files.copy(in, into.resolve(route.getFilename()));
            }
        }
    }

    /** Ports that were free a moment ago. They are held together, so that they differ. */
    private static int[] freePorts(int n) throws IOException {
        int[] ports = new int[n];
        ServerSocket[] sockets = new ServerSocket[n];
        try {
            for (int i = 0; i < n; i++) {
                sockets[i] = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
                ports[i] = sockets[i].getLocalPort();
            }
            return ports;
        } finally {
            for (ServerSocket socket : sockets) {
                if (socket != null) {
                    socket.close();
                }
            }
        }
    }
}
