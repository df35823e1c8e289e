package io.m365mail.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
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
        List<String> command = new ArrayList<>(List.of("/bin/sh", launcher.toString()));
        command.addAll(List.of(args));
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(dir.toFile()).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", javaHome.toString());
        builder.environment().put("M365_JAVA_OPTS", "-Xmx1g -Dx=y");
        Process process = builder.start();
        process.getOutputStream().close();
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

    @Test
    void aCheckoutIsBuiltOnceAndAgainWhenASourceIsNewer() throws Exception {
        Path launcher = script(home.resolve("m365-mail"), Files.readString(Path.of("m365-mail")));
        Files.writeString(home.resolve("pom.xml"), "<project/>");
        Path source = Files.writeString(
                Files.createDirectories(home.resolve("src/main/java")).resolve("A.java"), "");
        String lib = "target/m365-mail-routes-1/m365-mail-routes-1/lib";
        script(home.resolve("mvnw"), "#!/bin/sh\necho built\nmkdir -p " + lib + "\n");

        assertThat(run(launcher, "status").out())
                .contains("m365-mail: building", "built", "<" + home + "/" + lib + "/*>");
        assertThat(run(launcher, "status").out()).doesNotContain("building").contains("<status>");
        Files.setLastModifiedTime(source, FileTime.from(Instant.now().plusSeconds(60)));
        assertThat(run(launcher, "status").out()).contains("building");
        script(home.resolve("mvnw"), "#!/bin/sh\nexit 1\n");
        Result failed = run(launcher, "status");
        assertThat(failed.code()).isEqualTo(2);
        assertThat(failed.out()).contains("the build failed");
    }
}
