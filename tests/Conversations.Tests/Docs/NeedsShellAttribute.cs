namespace Conversations.Tests.Docs;

/// <summary>A fact that runs commands in sh.</summary>
public sealed class NeedsShellAttribute() : NeedsAttribute(Missing)
{
    internal static string? Missing =>
        PostgresBinaries.OnPath("sh") is null || PostgresBinaries.OnPath("curl") is null
            ? "sh and curl are not both on PATH"
            : null;
}
