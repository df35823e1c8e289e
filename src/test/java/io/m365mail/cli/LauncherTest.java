package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher script itself, with a stand-in for Java that prints its arguments and one for Maven. */
class LauncherTest {
    private static final String LIB = "target/m365-mail-routes-1/m365-mail-routes-1/lib";
    private static final String FAKE_JAVA = "#!/bin/sh\nfor a in \"$@\"; do echo \"<$a>\"; done\nexit 7\n";

    @TempDir
    private Path dir;

    private Path home;
    private Path javaHome;

    private record Result(int code, String out) {}

    @BeforeEach
    void layout() throws IOException {
        home = Files.createDirectories(dir.resolve("a folder/m365 mail")).toRealPath();
        javaHome = Files.createDirectories(dir.resolve("java home")).toRealPath();
        script(javaHome.resolve("bin/java"), FAKE_JAVA);
        java("17.0.9");
    }

    private void java(String version) throws IOException {
        Files.writeString(javaHome.resolve("release"), "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"" + version + "\"\n");
    }

    private static Path script(Path file, String text) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path distribution() throws IOException {
        Files.createDirectories(home.resolve("lib"));
        return script(home.resolve("bin/m365-mail"), Files.readString(Path.of("m365-mail")));
    }

    private Result run(Path launcher, String... args) throws Exception {
        return result(start(launcher, args));
    }

    private Process start(Path launcher, String... args) throws IOException {
        List<String> command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().put("M365_JAVA_OPTS", "-Xmx1g -Dx=y");
        Process process = builder.start();
        process.getOutputStream().close();
        return process;
    }

    private static Result result(Process process) throws Exception {
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return new Result(process.exitValue(), out);
    }

    @Test
    void inTheDistributionItRunsWhatIsInLib() throws Exception {
        Result result = run(distribution(), "send", "--subject", "two words", "");
        assertThat(result.code()).isEqualTo(7);
        assertThat(result.out().lines())
                .contains(
                        "<-cp>", "<" + home + "/lib/*>", "<-Dm365.home=" + home + ">", "<-XX:+ExitOnOutOfMemoryError>")
                .containsSubsequence("<-Xmx256m>", "<-Xmx1g>", "<-Dx=y>", "<io.m365mail.cli.Cli>")
                .endsWith("<send>", "<--subject>", "<two words>", "<>");
    }

    @Test
    void theFirstDemoLeavesAnArchiveOfItsClassesForWhateverComesNext() throws Exception {
        Path launcher = distribution();
        Path archive = home.resolve("m365-mail-17.0.9.jsa");
        assertThat(run(launcher, "run").out()).doesNotContain("jsa");
        assertThat(run(launcher, "demo").out()).contains("<-XX:ArchiveClassesAtExit=" + archive + ".new>");
        Files.writeString(home.resolve("m365-mail-17.0.9.jsa.new"), "as the JVM left it");
        assertThat(run(launcher, "status").out()).contains("<-XX:SharedArchiveFile=" + archive + ">");
        assertThat(archive).hasContent("as the JVM left it");

        // Other libraries, another Java: another archive.
        Files.setLastModifiedTime(
                home.resolve("lib"), FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run(launcher, "demo").out()).contains("<-XX:ArchiveClassesAtExit=" + archive + ".new>");
        java("21.0.1");
        assertThat(run(launcher, "status").out()).doesNotContain("jsa");
    }

    @Test
    void aSymbolicLinkOnThePathServes() throws Exception {
        Path link = Files.createSymbolicLink(dir.resolve("m365-mail"), distribution());
        assertThat(run(link, "status").out()).contains("<" + home + "/lib/*>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1.8.0_392", "11.0.2", "16"})
    void anOldJavaIsRefused(String version) throws Exception {
        java(version);
        Result result = run(distribution(), "status");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).contains("Java 17 or newer is needed").contains(version);
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "21.0.1", "25-ea", "17.0.9+9"})
    void aNewJavaIsTaken(String version) throws Exception {
        java(version);
        assertThat(run(distribution(), "status").code()).isEqualTo(7);
    }

    @Test
    void withoutAReleaseFileJavaItselfIsAsked() throws Exception {
        Files.delete(javaHome.resolve("release"));
        script(javaHome.resolve("bin/java"), "#!/bin/sh\necho 'openjdk version \"11.0.2\" 2019-01-15' >&2\n");
        assertThat(run(distribution(), "status").out()).contains("is version 11.0.2");
    }

    @Test
    void aWrongJavaHomeIsNamed() throws Exception {
        Files.delete(javaHome.resolve("bin/java"));
        Result result = run(distribution(), "status");
        assertThat(result.code()).isEqualTo(2);
        assertThat(result.out()).contains("JAVA_HOME is " + javaHome);
    }

    @Test
    void aDistributionWithoutLibIsNamed() throws Exception {
        Path launcher = distribution();
        Files.delete(home.resolve("lib"));
        assertThat(run(launcher, "status").out()).contains("there is no lib folder");
    }

    /** @param build what Maven does */
    private Path checkout(String build) throws IOException {
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Files.writeString(Files.createDirectories(home.resolve("src/main/java")).resolve("A.java"), "");
        script(home.resolve("mvnw"), "#!/bin/sh\n" + build + "\nmkdir -p " + LIB + "\n");
        return script(home.resolve("m365-mail"), Files.readString(Path.of("m365-mail")));
    }

    @Test
    void aCheckoutIsBuiltOnceAndAgainWhenASourceIsNewer() throws Exception {
        Path launcher = checkout("echo built");
        Path source = home.resolve("src/main/java/A.java");

        assertThat(run(launcher, "status").out())
                .contains("m365-mail: building", "built", "<" + home + "/" + LIB + "/*>");
        assertThat(run(launcher, "status").out()).doesNotContain("building").contains("<status>");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run(launcher, "status").out()).contains("building");
        script(home.resolve("mvnw"), "#!/bin/sh\nexit 1\n");
        Result failed = run(launcher, "status");
        assertThat(failed.code()).isEqualTo(2);
        assertThat(failed.out()).contains("the build failed");
    }

    /** A route, a class or a library that a pull took away would run on beside its successor. */
    @Test
    void aBuildBeginsWithoutTheClassesAndLibrariesOfTheLast() throws Exception {
        Path launcher = checkout("[ ! -e target/classes ] && [ ! -e " + LIB
                + "/old.jar ] || echo stale; mkdir -p target/classes " + LIB + "; touch target/classes/A " + LIB
                + "/old.jar");
        assertThat(run(launcher, "status").out()).contains("building").doesNotContain("stale");
        Path test = Files.createDirectories(home.resolve("target/test-classes")).resolve("ATest.class");
        Files.createFile(test);
        assertThat(run(launcher, "status").out()).doesNotContain("building");
        assertThat(home.resolve("target/classes/A")).exists();
        Files.setLastModifiedTime(
                home.resolve("src/main/java/A.java"),
                FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run(launcher, "status").out()).contains("building").doesNotContain("stale");
        assertThat(test).as("not the launcher's").exists();
    }

    /** Each build looks whether another is at work; the first goes on when all have been started. */
    @Test
    void commandsThatComeTogetherShareOneBuild() throws Exception {
        Path go = dir.resolve("go");
        Path launcher =
                checkout("echo \"a build begins\"; echo x >>builds; while [ ! -f '" + go + "' ]; do sleep 0.1; done");
        List<Process> together = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            together.add(start(launcher, "status"));
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(home.resolve("builds")));
        Files.createFile(go);
        for (Process each : together) {
            assertThat(result(each).code()).isEqualTo(7);
        }
        assertThat(Files.readAllLines(home.resolve("builds"))).hasSize(1);
        assertThat(home.resolve("target")).isDirectoryNotContaining("glob:**/*.building*");
    }

    @Test
    void theLockOfAKilledBuildIsBroken() throws Exception {
        Path launcher = checkout("sleep 0.2; echo built");
        Process gone = new ProcessBuilder("/bin/sh", "-c", ":").start();
        gone.waitFor();
        Files.createDirectories(home.resolve("target"));
        Files.createSymbolicLink(home.resolve("target/m365-mail.building"), Path.of(String.valueOf(gone.pid())));
        List<Process> together =
                List.of(start(launcher, "status"), start(launcher, "status"), start(launcher, "status"));
        int builds = 0;
        for (Process each : together) {
            Result result = result(each);
            assertThat(result.code()).as(result.out()).isEqualTo(7);
            builds += result.out().contains("built") ? 1 : 0;
        }
        assertThat(builds).isEqualTo(1);
    }

    @Test
    void aFailedBuildLeavesNoLock() throws Exception {
        Path launcher = checkout("exit 1");
        assertThat(run(launcher, "status").out()).contains("the build failed");
        script(home.resolve("mvnw"), "#!/bin/sh\nmkdir -p " + LIB + "\n");
        assertThat(run(launcher, "status").code()).isEqualTo(7);
    }
}
