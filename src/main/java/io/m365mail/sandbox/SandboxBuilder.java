package io.m365mail.sandbox;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/** The settings of a {@link Sandbox} that are fixed for its life. */
public final class SandboxBuilder {
    final Path folder;
    int submissionPort;
    int tokenPort;
    String mxAddress = "127.0.0.1";
    int mxPort;
    int highVolumePort;
    int dnsPort;
    Clock clock = Clock.systemUTC();
    SandboxLimits limits = SandboxLimits.exchangeOnline();
    Duration refusedAuthDelay = Duration.ofSeconds(5);
    Duration idleTimeout = Duration.ofMinutes(5);
    String tenantId = DemoTenant.ID;
    List<String> domains = List.of(DemoTenant.DOMAIN);
    long bodyMemory = 64L << 20;
    boolean bodiesOnDisk;
    int keepEntries = 200_000;
    String traceHeader = "X-M365-Id";

    SandboxBuilder(Path folder) {
        this.folder = folder.toAbsolutePath().normalize();
    }

    /** The ports to bind on 127.0.0.1; 0, the default, takes free ones. */
    public SandboxBuilder ports(int submission, int token) {
        submissionPort = submission;
        tokenPort = token;
        return this;
    }

    /** Where the tenant's MX listens; 127.0.0.1 and a free port (0) by default. */
    public SandboxBuilder mx(String address, int port) {
        mxAddress = address;
        mxPort = port;
        return this;
    }

    /** The ports of High Volume Email and of the DNS server; 0, the default, takes free ones. */
    public SandboxBuilder otherPorts(int highVolume, int dns) {
        highVolumePort = highVolume;
        dnsPort = dns;
        return this;
    }

    /** The clock of limits, tokens and the log. One that is moved by hand frees held replies too. */
    public SandboxBuilder clock(Clock value) {
        clock = Objects.requireNonNull(value, "clock");
        return this;
    }

    public SandboxBuilder limits(SandboxLimits value) {
        limits = Objects.requireNonNull(value, "limits");
        return this;
    }

    /** How late a refused AUTH is answered, in real time; 5 seconds as observed, tests set zero. */
    public SandboxBuilder refusedAuthDelay(Duration value) {
        refusedAuthDelay = value;
        return this;
    }

    /** A connection without a byte for so long is closed; 5 minutes. */
    public SandboxBuilder idleTimeout(Duration value) {
        idleTimeout = value;
        return this;
    }

    /** The tenant's id and its accepted domains; recipients elsewhere are external. */
    public SandboxBuilder tenant(String id, String... acceptedDomains) {
        tenantId = id;
        domains = List.of(acceptedDomains);
        return this;
    }

    /**
     * How many bytes of received messages are kept in memory (64 MiB), and whether further ones are kept in files below
     * the sandbox's folder until it closes; else only their SHA-256 and size are.
     */
    public SandboxBuilder keepBodies(long bytesInMemory, boolean thenOnDisk) {
        bodyMemory = bytesInMemory;
        bodiesOnDisk = thenOnDisk;
        return this;
    }

    /** How many messages, attempts, refusals, requests and connections the log keeps, each; 200,000. */
    public SandboxBuilder keepEntries(int value) {
        if (value < 1) {
            throw new IllegalArgumentException("the log keeps at least one entry, not " + value);
        }
        keepEntries = value;
        return this;
    }

    /** The header field that names a submission, by which duplicates are found; {@code X-M365-Id}. */
    public SandboxBuilder traceHeader(String value) {
        traceHeader = value;
        return this;
    }

    /**
     * A sandbox that is not listening yet.
     *
     * @throws IOException where the folder cannot be written or no certificate can be made
     */
    public Sandbox build() throws IOException {
        return new Sandbox(this);
    }
}
