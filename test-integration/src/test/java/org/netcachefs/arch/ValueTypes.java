package org.netcachefs.arch;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.util.HashSet;
import java.util.Set;

/**
 * Values: the plain types of the JDK, records and enums of ours, and classes of ours that depend on values only.
 */
final class ValueTypes extends DescribedPredicate<JavaClass> {
    private static final Set<String> PLAIN_PACKAGES = Set.of(
            "java.lang",
            "java.lang.annotation",
            "java.lang.invoke",
            "java.lang.runtime",
            "java.time",
            "java.util",
            "java.util.function",
            "java.util.random",
            "java.util.stream",
            "org.jspecify.annotations",
            "com.google.errorprone.annotations");

    private static final Set<String> NOT_PLAIN = Set.of(
            "java.lang.Process",
            "java.lang.ProcessBuilder",
            "java.lang.Runtime",
            "java.lang.System",
            "java.lang.Thread",
            "java.lang.ThreadLocal",
            "java.time.Clock",
            "java.util.Timer");

    private final String base;

    ValueTypes(String base) {
        super("are values");
        this.base = base;
    }

    @Override
    public boolean test(JavaClass type) {
        return isValue(type, new HashSet<>());
    }

    private boolean isValue(JavaClass type, Set<JavaClass> assumed) {
        JavaClass element = type.getBaseComponentType();
        if (element.isPrimitive() || isPlain(element)) {
            return true;
        }
        if (!element.getPackageName().startsWith(base)) {
            return false;
        }
        return element.isRecord() || element.isEnum() || !assumed.add(element) || isPure(element, assumed);
    }

    private boolean isPure(JavaClass ours, Set<JavaClass> assumed) {
        return ours.getDirectDependenciesFromSelf().stream()
                .map(Dependency::getTargetClass)
                .allMatch(target -> isValue(target, assumed));
    }

    private static boolean isPlain(JavaClass type) {
        return PLAIN_PACKAGES.contains(type.getPackageName()) && !NOT_PLAIN.contains(type.getName());
    }
}
