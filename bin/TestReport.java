import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilder;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;

/**
 * Counts the tests of the run that has just ended, from the XML reports that Surefire and Failsafe left under {@code target} folders,
 * and says which were skipped and which failed. Run by {@code verify} from the root; the one argument {@code yes} says that
 * the run was allowed to run no test. Ends with status 1 if a test failed, or if there are tests and none ran.
 */
final class TestReport {
    private int passed;
    private final List<String> failed = new ArrayList<>();
    private final List<String> skipped = new ArrayList<>();

    public static void main(String[] args) throws Exception {
        boolean mayBeEmpty = args.length > 0 && args[0].equals("yes");
        TestReport report = new TestReport();
        for (Path file : files("/target/(surefire|failsafe)-reports/TEST-[^/]*\\.xml")) {
            report.read(file);
        }
        report.skipped.forEach(line -> System.out.println("verify: skipped " + line));
        report.failed.forEach(line -> System.out.println("verify: FAILED " + line));
        boolean none = report.passed + report.failed.size() == 0
                && !mayBeEmpty
                && !files("/src/test/java/.*(Test|IT)\\.java").isEmpty();
        if (none) {
            System.out.println("verify: there are tests, but none ran");
        }
        System.out.printf(
                "verify: %d passed, %d failed, %d skipped%n",
                report.passed, report.failed.size(), report.skipped.size());
        System.exit(none || !report.failed.isEmpty() ? 1 : 0);
    }

    private static List<Path> files(String pattern) throws IOException {
        try (Stream<Path> all = Files.walk(Path.of("."))) {
            return all.filter(file -> file.toString().replace('\\', '/').matches(".*" + pattern))
                    .sorted()
                    .toList();
        }
    }

    private void read(Path file) throws Exception {
        DocumentBuilder parser = DocumentBuilderFactory.newDefaultInstance().newDocumentBuilder();
        parser.setErrorHandler(null);
        var cases = parser.parse(file.toFile()).getElementsByTagName("testcase");
        for (int i = 0; i < cases.getLength(); i++) {
            Element test = (Element) cases.item(i);
            String name = simple(test.getAttribute("classname")) + "." + test.getAttribute("name");
            if (has(test, "failure") || has(test, "error")) {
                failed.add(name);
            } else if (has(test, "skipped")) {
                String why = ((Element) test.getElementsByTagName("skipped").item(0)).getAttribute("message");
                skipped.add(name + (why.isBlank() ? "" : ": " + why.strip().lines().findFirst().orElse("")));
            } else {
                passed++;
            }
        }
    }

    private static boolean has(Element test, String child) {
        return test.getElementsByTagName(child).getLength() > 0;
    }

    private static String simple(String className) {
        return className.substring(className.lastIndexOf('.') + 1);
    }
}
