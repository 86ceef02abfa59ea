namespace Conversations.Api.Data;

/// <summary>
/// A conditional UPDATE that takes a row lock found no row, or not in the state that the check saw. The write is rolled back, and the
/// request is checked again.
/// </summary>
public sealed class WriteConflictException() : Exception("A row changed between the check and the write.")
{
    public static void ThrowIf(bool condition)
    {
        if (condition)
        {
            throw new WriteConflictException();
        }
    }
}
