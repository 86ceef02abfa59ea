namespace Conversations.TestSupport;

/// <summary>
/// The node and npm on PATH, and the packages that npm fetched. The user's cache keeps them for later runs.
/// </summary>
internal static class NodePackages
{
    public static string? Node { get; } = PostgresBinaries.OnPath("node");

    public static string? Npm { get; } = PostgresBinaries.OnPath("npm");

    /// <summary>Returns a folder of the cache. Fills it first unless an earlier run did.</summary>
    /// <param name="name">
    /// Names the contents: other contents need another name, because an existing folder never changes.
    /// </param>
    /// <param name="otherwise">The folder of the cache for a user without a cache folder.</param>
    /// <param name="fillAsync">Fills a new folder. Nothing is kept when it throws.</param>
    public static async Task<string> FetchAsync(string name, string otherwise, Func<string, Task> fillAsync)
    {
        var cache = Environment.GetFolderPath(
            Environment.SpecialFolder.LocalApplicationData,
            Environment.SpecialFolderOption.Create
        );
        var home = Path.Combine(cache.Length > 0 ? cache : otherwise, "conversations-tests");
        var kept = Path.Combine(home, name);
        if (Directory.Exists(kept))
        {
            return kept;
        }

        var fresh = Directory.CreateDirectory(Path.Combine(home, Path.GetRandomFileName())).FullName;
        try
        {
            await fillAsync(fresh);
            Directory.Move(fresh, kept);
        }
        catch (IOException) when (Directory.Exists(kept))
        {
            // Another test process fetched the same packages first.
        }
        finally
        {
            if (Directory.Exists(fresh))
            {
                Directory.Delete(fresh, recursive: true);
            }
        }

        return kept;
    }
}
