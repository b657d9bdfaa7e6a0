import com.sun.security.auth.module.UnixSystem;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.UserPrincipalNotFoundException;
import java.util.Arrays;

/**
 * Watch GROUP FILE: a process that lives long. For each line of standard input it writes one line:
 * "found" or "none", whether there is such a group; the name of the file's group; the groups of the
 * process, by their numbers.
 */
final class Watch {
    private static String found(String group) throws IOException {
        try {
            FileSystems.getDefault().getUserPrincipalLookupService()
                .lookupPrincipalByGroupName(group);
            return "found";
        } catch (UserPrincipalNotFoundException e) {
            return "none";
        }
    }

    public static void main(String[] args) throws IOException {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        while (lines.readLine() != null) {
            String group = Files.readAttributes(Path.of(args[1]), PosixFileAttributes.class)
                .group().getName();
            System.out.println(found(args[0]) + " " + group + " "
                + Arrays.toString(new UnixSystem().getGroups()));
        }
    }
}
