package io.m365mail.app;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A JVM of its own with a bundle. It prints its ports, and for each line of its standard input its peak heap, which is
 * measured anew from there; when the input ends it stops and prints the last.
 */
final class BundleWithHeap {
    private BundleWithHeap() {}

    public static void main(String[] args) throws Exception {
        try (var bundle = RunningBundle.start(Path.of(args[0]), args[1])) {
            System.out.println("PORTS " + bundle.smtpPort() + " " + bundle.brokerPort() + " "
                    + bundle.bundle().managementPort());
            for (int b = System.in.read(); b >= 0; b = System.in.read()) {
                if (b == '\n') {
                    peak();
                }
            }
        }
        peak();
        // As the command line does: Artemis' pool of in-VM connections, one for the JVM, lives on for a minute.
        System.exit(0);
    }

    private static void peak() throws Exception {
        List<MemoryPoolMXBean> heap = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(p -> p.getType() == MemoryType.HEAP)
                .toList();
        long peak = heap.stream().mapToLong(p -> p.getPeakUsage().getUsed()).sum();
        heap.forEach(MemoryPoolMXBean::resetPeakUsage);
        String resident = Files.readAllLines(Path.of("/proc/self/status")).stream()
                .filter(l -> l.startsWith("VmHWM"))
                .findFirst()
                .orElse("VmHWM: unknown");
        // The kernel's mark of the most that was resident starts anew too.
        Files.writeString(Path.of("/proc/self/clear_refs"), "5");
        System.out.println("PEAK " + (peak >> 20) + " MiB of "
                + (Runtime.getRuntime().maxMemory() >> 20) + " (sum of the pools' peaks), " + resident);
    }
}
