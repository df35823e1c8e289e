package io.m365mail.app;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A bundle in a process of its own, to be killed: {@code <folder> <file with properties>}. It says its ports when it runs,
 * and stops when its standard input ends, so that it never outlives the test. Then it ends by itself: no thread keeps the JVM.
 */
final class BundleProcess {
    private BundleProcess() {}

    public static void main(String[] args) throws Exception {
        try (RunningBundle bundle = RunningBundle.start(Path.of(args[0]), Files.readString(Path.of(args[1])))) {
            System.out.println("READY " + bundle.smtpPort() + " " + bundle.brokerPort() + " "
                    + bundle.bundle().managementPort());
            while (System.in.read() >= 0) {
                // Nothing is said to it.
            }
        }
    }
}
