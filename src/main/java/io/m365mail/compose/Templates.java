package io.m365mail.compose;

import freemarker.cache.ClassTemplateLoader;
import freemarker.cache.FileTemplateLoader;
import freemarker.cache.TemplateLoader;
import freemarker.core.InvalidReferenceException;
import freemarker.core.TemplateClassResolver;
import freemarker.template.Configuration;
import freemarker.template.SimpleObjectWrapper;
import freemarker.template.Template;
import freemarker.template.TemplateException;
import freemarker.template.TemplateExceptionHandler;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;

/**
 * Mail templates: a folder each with {@code subject.ftl}, {@code text.ftl} and {@code html.ftlh} (FreeMarker). HTML is
 * escaped by FreeMarker itself. Templates see the submission's data as maps, lists and plain values, and neither classes
 * nor methods; they read files below the folder only. A field that the data does not have is a mistake that names it.
 */
public final class Templates {
    private static final int MAX_OUTPUT = 10_000_000;

    private final Configuration configuration = new Configuration(Configuration.VERSION_2_3_34);

    /** @param folder with a folder for each template; it exists */
    public Templates(Path folder) throws IOException {
        this(new FileTemplateLoader(folder.toFile()));
    }

    /** The ones that come with the product. */
    static Templates builtIn() {
        return new Templates(new ClassTemplateLoader(Templates.class, "templates"));
    }

    private Templates(TemplateLoader loader) {
        configuration.setTemplateLoader(loader);
        configuration.setDefaultEncoding("UTF-8");
        configuration.setLocale(Locale.ROOT);
        configuration.setNumberFormat("c");
        configuration.setBooleanFormat("c");
        configuration.setObjectWrapper(new SimpleObjectWrapper(Configuration.VERSION_2_3_34));
        configuration.setNewBuiltinClassResolver(TemplateClassResolver.ALLOWS_NOTHING_RESOLVER);
        configuration.setAPIBuiltinEnabled(false);
        configuration.setTemplateExceptionHandler(TemplateExceptionHandler.RETHROW_HANDLER);
        configuration.setLogTemplateExceptions(false);
        configuration.setWrapUncheckedExceptions(true);
    }

    /** What a template makes; null where it has no such file. The subject is one line. */
    record Rendered(String subject, String text, String html) {}

    /**
     * @param name of the template's folder, already checked for its characters
     * @param at where the data stands in the submission
     */
    Rendered render(String name, Map<String, Object> data, String at) throws IOException, InvalidSubmissionException {
        String subject = render(name, "subject.ftl", data, at);
        String text = render(name, "text.ftl", data, at);
        String html = render(name, "html.ftlh", data, at);
        if (text == null && html == null) {
            throw new InvalidSubmissionException(
                    "template", "there is no template " + name + ": neither " + name + "/text.ftl nor html.ftlh");
        }
        // A line break in the data must not end the field.
        String line = subject == null
                ? null
                : subject.replaceAll("[\\p{Cntrl}\\u0085\\u2028\\u2029]+", " ").strip();
        return new Rendered(line, text, html);
    }

    private String render(String name, String file, Map<String, Object> data, String at)
            throws IOException, InvalidSubmissionException {
        String path = name + "/" + file;
        try {
            Template template = configuration.getTemplate(path, null, null, null, true, true);
            if (template == null) {
                return null;
            }
            var out = new BoundedWriter();
            template.process(data, out);
            return out.toString();
        } catch (InvalidReferenceException e) {
            throw new InvalidSubmissionException(
                    at, "the template " + path + " needs the field " + e.getBlamedExpressionString() + ": add it");
        } catch (TemplateException e) {
            throw new InvalidSubmissionException(at, "the template " + path + ": " + e.getMessageWithoutStackTop());
        } catch (freemarker.core.ParseException e) {
            throw new InvalidSubmissionException("template", "cannot be read: " + e.getMessage());
        } catch (SecurityException e) {
            throw new InvalidSubmissionException("template", path + " leads out of the templates' folder");
        } catch (OutputTooLargeException e) {
            throw new InvalidSubmissionException(
                    at, "the template " + path + " makes more than " + MAX_OUTPUT + " characters");
        }
    }

    private static final class OutputTooLargeException extends IOException {
        private static final long serialVersionUID = 1L;
    }

    private static final class BoundedWriter extends java.io.Writer {
        private final StringWriter text = new StringWriter();

        @Override
        public void write(char[] chars, int off, int len) throws IOException {
            if (text.getBuffer().length() + len > MAX_OUTPUT) {
                throw new OutputTooLargeException();
            }
            text.write(chars, off, len);
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
