package io.m365mail.app;

import java.nio.file.Path;

/** A JVM of its own with a bundle: prints its ports, stops when its standard input ends, and then its peak heap. */
final class BundleWithHeap {
    private BundleWithHeap() {}

    public static void main(String[] args) throws Exception {
        try (var bundle = RunningBundle.start(Path.of(args[0]), args[1])) {
            System.out.println("PORTS " + bundle.smtpPort() + " " + bundle.brokerPort() + " "
                    + bundle.bundle().managementPort());
            System.in.transferTo(java.io.OutputStream.nullOutputStream());
        }
        long peak = java.lang.management.ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(p -> p.getType() == java.lang.management.MemoryType.HEAP)
                .mapToLong(p -> p.getPeakUsage().getUsed())
                .sum();
        System.out.println("PEAK " + (peak >> 20) + " MiB of "
                + (Runtime.getRuntime().maxMemory() >> 20) + " (sum of the pools' peaks)");
        // As the command line does: Artemis' pool of in-VM connections, one for the JVM, lives on for a minute.
        System.exit(0);
    }
}
