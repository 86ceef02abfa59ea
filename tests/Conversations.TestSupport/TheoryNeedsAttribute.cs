namespace Conversations.TestSupport;

/// <summary>
/// A theory that needs a tool this machine may lack. Without the tool all of it is skipped with a reason; with CI=true
/// its cases fail.
/// </summary>
public abstract class TheoryNeedsAttribute : TheoryAttribute
{
    protected TheoryNeedsAttribute(string? missing) => Skip = NeedsAttribute.ReasonToSkip(missing);
}
