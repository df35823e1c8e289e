package io.m365mail.demo;

import io.m365mail.config.ConfigLoader;
import io.m365mail.sandbox.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * The demo's folder, laid out as an installation: {@code config/application.properties}, {@code routes}, {@code
 * templates}, {@code secrets}, and {@code data}, which the bundle makes. It is complete: {@code m365-mail run --config}
 * could run it.
 */
record DemoFolder(Path path, int smtpPort, int brokerPort, int apiPort) {
    /** Chooses free ports and writes everything but the data. */
    static DemoFolder write(Path path, DemoWorld world) throws IOException {
        int[] ports = freePorts(3);
        var folder = new DemoFolder(path, ports[0], ports[1], ports[2]);
        Files.createDirectories(folder.config());
        Files.writeString(folder.properties(), folder.text(world));
        Files.writeString(folder.config().resolve("not-moved-yet.txt"), DemoMessages.NOT_MOVED + "\n");
        Path secrets = Files.createDirectories(path.resolve("secrets"));
        Files.writeString(secrets.resolve("alerts-client-secret"), DemoTenant.CLIENT_SECRET + "\n");
        Files.writeString(secrets.resolve("printers-password"), DemoTenant.PRINTERS_PASSWORD + "\n");
        Files.writeString(secrets.resolve("erp-password"), DemoWorld.INBOX_PASSWORD + "\n");
        Files.writeString(secrets.resolve("onprem-password"), DemoWorld.SERVER_PASSWORD + "\n");
        Files.writeString(secrets.resolve("connector-password"), world.sandbox().trustStorePassword() + "\n");
        world.sandbox().clientCertificate(secrets.resolve("connector.p12"), DemoTenant.CERTIFICATE_NAME);
        copy("classpath:routes/*.camel.yaml", path.resolve("routes"));
        copy("classpath:io/m365mail/demo/templates/reminder/*", path.resolve("templates/reminder"));
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

    Path scans() {
        return path.resolve("data").resolve("scan");
    }

    private String text(DemoWorld world) throws IOException {
        Sandbox sandbox = world.sandbox();
        Map<String, Object> values = Map.ofEntries(
                Map.entry("smtpPort", smtpPort),
                Map.entry("brokerPort", brokerPort),
                Map.entry("apiPort", apiPort),
                Map.entry("databaseUrl", world.outbox().url()),
                Map.entry("alerts", DemoTenant.ALERTS),
                Map.entry("printers", DemoTenant.PRINTERS),
                Map.entry("erp", DemoMessages.ERP),
                Map.entry("inboxHost", world.inbox().host()),
                Map.entry("inboxPort", world.inbox().imapPort()),
                Map.entry("tenantId", sandbox.tenantId()),
                Map.entry("clientId", DemoTenant.CLIENT_ID),
                Map.entry("serverHost", sandbox.host()),
                Map.entry("serverPort", world.server().port()),
                Map.entry("dnsServer", sandbox.dns().server()),
                Map.entry("authority", sandbox.authority()),
                Map.entry("sandboxHost", sandbox.host()),
                Map.entry("submissionPort", sandbox.submissionPort()),
                Map.entry("mxPort", sandbox.mxPort()),
                Map.entry("trustStore", sandbox.trustStore()),
                Map.entry("trustStorePassword", sandbox.trustStorePassword()));
        try (InputStream in = DemoFolder.class.getResourceAsStream(ConfigLoader.FILE)) {
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (Map.Entry<String, Object> value : values.entrySet()) {
                text = text.replace(
                        "${" + value.getKey() + "}", value.getValue().toString());
            }
            return text;
        }
    }

    /** What lies in the jar: the demo shows what was built, whatever folder it is called in. */
    private static void copy(String pattern, Path into) throws IOException {
        Files.createDirectories(into);
        for (Resource each : new PathMatchingResourcePatternResolver().getResources(pattern)) {
            try (InputStream in = each.getInputStream()) {
                Files.copy(in, into.resolve(each.getFilename()));
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
