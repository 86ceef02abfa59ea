using System.Globalization;

namespace Conversations.Faults.Tenants;

/// <summary>
/// A control group of Linux with a limit on memory, as a container has. The kernel kills a process in it that needs
/// more.
/// </summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private readonly string folder;

    private readonly bool isV1;

    private MemoryGroup(string folder, bool isV1) => (this.folder, this.isV1) = (folder, isV1);

    /// <summary>The file to which a process writes its id to join.</summary>
    public string Processes => Path.Combine(folder, "cgroup.procs");

    /// <summary>How many processes the kernel killed.</summary>
    public long Killed => NumberIn(isV1 ? "memory.oom_control" : "memory.events", "oom_kill ");

    /// <summary>The most memory that was in use, with the pages of files; null when the kernel does not tell.</summary>
    public long? Most =>
        Path.Combine(folder, isV1 ? "memory.max_usage_in_bytes" : "memory.peak") is var file && File.Exists(file)
            ? long.Parse(File.ReadAllText(file), CultureInfo.InvariantCulture)
            : null;

    /// <param name="bytes">The limit.</param>
    /// <returns>Null when this user cannot make a group on this machine.</returns>
    public static MemoryGroup? TryCreate(long bytes)
    {
        var isV1 = Directory.Exists($"{Root}/memory");
        MemoryGroup group = new($"{Root}/{(isV1 ? "memory/" : "")}conversations-{Guid.NewGuid():N}", isV1);
        try
        {
            Directory.CreateDirectory(group.folder);
            group.Write(isV1 ? "memory.limit_in_bytes" : "memory.max", bytes);
            group.Write(isV1 ? "memory.memsw.limit_in_bytes" : "memory.swap.max", isV1 ? bytes : 0);
            return group;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            group.Dispose();
            return null;
        }
    }

    /// <summary>Removes the group, whose processes must have ended.</summary>
    public void Dispose()
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder);
        }
    }

    // A file that is not there belongs to a controller that is off: no limit on memory, or no swap to limit.
    private void Write(string file, long number)
    {
        var path = Path.Combine(folder, file);
        if (File.Exists(path) || !file.Contains("sw", StringComparison.Ordinal))
        {
            using FileStream stream = new(path, FileMode.Open, FileAccess.Write);
            stream.Write(System.Text.Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture)));
        }
    }

    private long NumberIn(string file, string name) =>
        long.Parse(
            File.ReadLines(Path.Combine(folder, file)).Single(line => line.StartsWith(name, StringComparison.Ordinal))[
                name.Length..
            ],
            CultureInfo.InvariantCulture
        );
}
