namespace Conversations.Api.Data;

/// <summary>
/// A conditional UPDATE that takes a row lock found no row, or found it in another state than the check. The write is
/// rolled back, and the request is checked again.
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
