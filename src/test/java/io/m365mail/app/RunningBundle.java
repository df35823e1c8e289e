package io.m365mail.app;

import io.m365mail.config.BundleConfig;
import io.m365mail.config.ConfigLoader;
import io.m365mail.sandbox.Sandbox;
import io.m365mail.testing.FreePort;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;

/** A whole bundle on free ports below a folder, configured by text as a user would. */
public final class RunningBundle implements AutoCloseable {
    private final Path folder;
    private final BundleConfig config;
    private final Bundle bundle;
    private final int smtpPort;
    private final int brokerPort;

    private RunningBundle(Path folder, String properties, BundleTiming timing) throws Exception {
        this.folder = folder;
        smtpPort = FreePort.next();
        brokerPort = FreePort.next();
        Files.createDirectories(folder.resolve("config"));
        Files.writeString(
                folder.resolve("config").resolve(ConfigLoader.FILE),
                """
                %s
                m365.hostname=relay.contoso.com
                %s
                %s
                m365.management.port=0
                m365.source.smtp.port=%d
                """
                                .formatted(domains(properties), routes(properties), broker(properties), smtpPort)
                        + properties);
        config = new ConfigLoader().load(folder.resolve("config"));
        bundle = new Bundle(config, timing);
        bundle.start();
    }

    private static String domains(String properties) {
        return properties.contains("m365.domains=") ? "" : "m365.domains=contoso.com";
    }

    /** Where the properties name an external broker there is nothing to listen on. */
    private String broker(String properties) {
        return properties.contains("m365.broker.url=") ? "" : "m365.broker.acceptor=127.0.0.1:" + brokerPort;
    }

    private static String routes(String properties) {
        return properties.contains("m365.routes=")
                ? ""
                : "m365.routes=" + Path.of("routes").toAbsolutePath();
    }

    public static RunningBundle start(Path folder, String properties) throws Exception {
        return new RunningBundle(folder, properties, BundleTiming.SYSTEM);
    }

    public static RunningBundle start(Path folder, String properties, BundleTiming timing) throws Exception {
        return new RunningBundle(folder, properties, timing);
    }

    /** The keys of a transport that logs in at the sandbox with a password. */
    public static String mailbox(String name, Sandbox sandbox, String mailbox, String password) {
        return """
                m365.transport.%1$s.type=smtp-auth
                m365.transport.%1$s.host=%2$s
                m365.transport.%1$s.port=%3$d
                m365.transport.%1$s.trust-store=%4$s
                m365.transport.%1$s.trust-store-password=%5$s
                m365.transport.%1$s.mailbox=%6$s
                m365.transport.%1$s.auth=login
                m365.transport.%1$s.password=%7$s
                """
                .formatted(
                        name,
                        sandbox.host(),
                        sandbox.submissionPort(),
                        sandbox.trustStore(),
                        sandbox.trustStorePassword(),
                        mailbox,
                        password);
    }

    public Path folder() {
        return folder;
    }

    public BundleConfig config() {
        return config;
    }

    public Bundle bundle() {
        return bundle;
    }

    public int smtpPort() {
        return smtpPort;
    }

    public String brokerUrl() {
        return "tcp://127.0.0.1:" + brokerPort;
    }

    public int brokerPort() {
        return brokerPort;
    }

    /** The answer of the management port to a GET. */
    public String get(String path) throws Exception {
        return answer(path).body();
    }

    /** The same with its status. */
    public HttpResponse<String> answer(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bundle.managementPort() + path))
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** The answer of the management port to a POST without a body. */
    public HttpResponse<String> post(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bundle.managementPort() + path))
                                .POST(HttpRequest.BodyPublishers.noBody())
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** The answer of the management port to a DELETE. */
    public String delete(String path) throws Exception {
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + bundle.managementPort() + path))
                                .DELETE()
                                .build(),
                        HttpResponse.BodyHandlers.ofString())
                .body();
    }

    @Override
    public void close() throws Exception {
        bundle.stop();
    }
}
