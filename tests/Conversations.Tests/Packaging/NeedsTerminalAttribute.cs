namespace Conversations.Tests.Packaging;

/// <summary>A theory whose command runs in a terminal, made by script of util-linux.</summary>
public sealed class NeedsTerminalAttribute()
    : TheoryNeedsAttribute(
        OperatingSystem.IsLinux() && PostgresBinaries.OnPath("script") is not null
            ? null
            : "script of util-linux is not on PATH."
    );
