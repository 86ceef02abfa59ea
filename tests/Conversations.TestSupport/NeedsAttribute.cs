namespace Conversations.TestSupport;

/// <summary>
/// A fact that needs a tool this machine may lack. Without the tool it is skipped with a reason; with CI=true it fails.
/// </summary>
public abstract class NeedsAttribute : FactAttribute
{
    protected NeedsAttribute(string? missing) => Skip = ReasonToSkip(missing);

    internal static string? ReasonToSkip(string? missing) =>
        Environment.GetEnvironmentVariable("CI") == "true" ? null : missing;
}
