package io.m365mail.sandbox;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs the JDK's keytool on a PKCS #12 store; the JDK has no public way to make a certificate itself. */
final class Keytool {
    private static final long SECONDS = 60;

    private Keytool() {}

    /**
     * @param command without store, type and password
     * @throws IOException with what keytool said
     */
    static void run(Path keyStore, List<String> command) throws IOException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        // It runs for half a second: a JVM that optimises nothing is done in half the time.
        List<String> whole =
                new ArrayList<>(List.of(tool.toString(), "-J-XX:TieredStopAtLevel=1", "-J-XX:+UseSerialGC"));
        whole.addAll(command);
        whole.addAll(List.of("-storetype", "PKCS12", "-keystore", keyStore.toString()));
        whole.addAll(List.of("-storepass", ServerCertificate.PASSWORD));
        Path output = keyStore.resolveSibling("keytool.log");
        Process process = new ProcessBuilder(whole)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        try {
            if (!process.waitFor(SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                String said = new String(Files.readAllBytes(output), StandardCharsets.UTF_8).strip();
                throw new IOException(tool + " made no certificate for the sandbox: " + said);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + tool + " made the sandbox's certificate", e);
        } finally {
            process.destroyForcibly();
        }
        Files.delete(output);
    }
}
