package io.m365mail.config;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** What only shows when parts are looked at together: two that want the same port, folder, queue or mailbox. */
final class CrossChecks {
    private record Listener(String key, int line, String address, int port) {}

    private final Section general;
    private final List<Mistake> mistakes;

    CrossChecks(Section general, List<Mistake> mistakes) {
        this.general = general;
        this.mistakes = mistakes;
    }

    void check(
            BundleConfig config,
            List<TypedBinder.Bound<SourceConfig>> sources,
            List<TypedBinder.Bound<TransportConfig>> transports) {
        listeners(config, sources);
        reports(config);
        Map<String, String> taken = new HashMap<>();
        for (TypedBinder.Bound<SourceConfig> b : sources) {
            if (b.value() instanceof SourceConfig.Folder f) {
                once(taken, b.section(), FolderSourceType.PATH, "folder " + f.path(), "Give each its own folder");
            } else if (b.value() instanceof SourceConfig.Scan c) {
                once(taken, b.section(), ScanSourceType.PATH, "folder " + c.path(), "Give each its own folder");
            } else if (b.value() instanceof SourceConfig.Jms j && j.queue() != null) {
                once(taken, b.section(), JmsSourceType.QUEUE, "queue " + j.queue(), "Give each its own queue");
            } else if (b.value() instanceof SourceConfig.Mailbox m && m.login().mailbox() != null) {
                String what = "folder " + m.folder() + " of mailbox "
                        + m.login().mailbox() + " at " + m.server().host();
                once(taken, b.section(), MailboxSourceType.MAILBOX, what, "Read it once, or name another folder");
            }
        }
        for (TypedBinder.Bound<TransportConfig> b : transports) {
            tenant(config, b);
            if (b.value() instanceof TransportConfig.SmtpAuth t && t.mailbox() != null) {
                // Each transport counts for itself: two on one mailbox would send twice its limit.
                String mailbox = t.mailbox().toLowerCase(Locale.ROOT);
                once(taken, b.section(), SmtpAuthType.MAILBOX, "mailbox " + mailbox, "Give each its own mailbox");
            }
        }
    }

    /** Reports have the null sender, which a connector by IP address does not let through. */
    private void reports(BundleConfig config) {
        config.transports().stream()
                .filter(t -> t.name().equals(config.ndrTransport()))
                .filter(t -> TransportRules.senderProblem(t, "") != null)
                .forEach(t -> general.mistake(
                        GeneralOptions.NDR_TRANSPORT,
                        "reports have an empty sender (<>), and a relay without a client certificate does not carry it",
                        "Set m365.transport." + t.name() + ".key-store, or name a transport of another type"));
    }

    /** What a transport to the tenant's MX needs of the general keys. */
    private void tenant(BundleConfig config, TypedBinder.Bound<TransportConfig> b) {
        TransportConfig t = b.value();
        boolean mx = t instanceof TransportConfig.DirectSend || t instanceof TransportConfig.Relay;
        if (!mx && !(t instanceof TransportConfig.SmtpAuth mailbox && mailbox.highVolume())) {
            return;
        }
        if (config.domains().isEmpty() && !general.isBad(GeneralOptions.DOMAINS)) {
            general.mistake(
                    GeneralOptions.DOMAINS,
                    "the transport " + t.name() + " of type " + t.type() + " needs the tenant's accepted domains",
                    "Set m365.domains=contoso.com, or what your domains are");
        }
        // A DNS server on loopback is a stand-in, and so is the MX that it names.
        boolean standIn =
                config.dnsServer() != null && config.dnsServer().getAddress().isLoopbackAddress();
        if (mx && t.target().host() == null && t.target().port() != 25 && !standIn) {
            b.section()
                    .mistake(
                            MxOptions.PORT,
                            "Exchange Online's MX listens on port 25 only",
                            "Use 25, the default, or set host where the server is another");
        }
    }

    private static void once(Map<String, String> taken, Section s, Option<?> option, String what, String cure) {
        if (s.isBad(option)) {
            return;
        }
        String first = taken.putIfAbsent(what, s.key(option));
        if (first != null) {
            s.mistake(option, "the same " + what.substring(0, what.indexOf(' ')) + " as " + first, cure);
        }
    }

    private void listeners(BundleConfig config, List<TypedBinder.Bound<SourceConfig>> sources) {
        List<Listener> all = new ArrayList<>();
        BundleConfig.Management m = config.management();
        all.add(listener(general, GeneralOptions.MANAGEMENT_PORT, m.address(), m.port()));
        String acceptor = config.broker().acceptor();
        if (config.broker().embedded() && !acceptor.equals("off")) {
            int port = Integer.parseInt(acceptor.substring(acceptor.lastIndexOf(':') + 1));
            all.add(listener(general, GeneralOptions.BROKER_ACCEPTOR, GeneralOptions.hostOf(acceptor), port));
        }
        for (TypedBinder.Bound<SourceConfig> b : sources) {
            if (b.value() instanceof SourceConfig.Smtp smtp) {
                all.add(listener(b.section(), SmtpSourceType.PORT, smtp.address(), smtp.port()));
            }
        }
        for (int i = 0; i < all.size(); i++) {
            for (int j = 0; j < i; j++) {
                clash(all.get(j), all.get(i));
            }
        }
    }

    private static Listener listener(Section s, Option<?> port, String address, int number) {
        return new Listener(s.key(port), s.line(port), address, number);
    }

    private void clash(Listener a, Listener b) {
        boolean sameAddress =
                a.address().equals(b.address()) || Networks.isWildcard(a.address()) || Networks.isWildcard(b.address());
        if (a.port() == b.port() && a.port() != 0 && sameAddress) {
            boolean aIsLater = a.line() > b.line();
            Listener later = aIsLater ? a : b;
            Listener earlier = aIsLater ? b : a;
            mistakes.add(new Mistake(
                    later.key(),
                    later.line(),
                    null,
                    "port " + a.port() + " is taken by " + earlier.key() + " already",
                    "Give one of them another port"
                            + (later.key().startsWith("m365.source.")
                                    ? ", or turn one off with" + " enabled=false"
                                    : "")));
        }
    }
}
