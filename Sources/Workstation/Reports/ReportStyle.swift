/// Look and behaviour of the page. No character here is one that XML would read as markup.
enum ReportStyle {
    static var text: String {
        let heat = HeatScale.rules
        return """
            \(base)
            \(heat.light)
            @media (prefers-color-scheme: dark){
            \(dark)
            \(heat.dark)
            }
            \(narrow)

            """
    }

    private static let base = """
        :root{--page:#f7f6f3;--card:#fff;--ink:#1c1b19;--soft:#6a6760;--line:#e4e1da;--mark:#5b2a86;--wide:#1f6f78;
        --bar:#7a5ea8;--float:#b3661a;--alarm:#c2334d;--empty:#eceae5;--shade:0 1px 2px rgba(30,25,15,.05)}
        *{box-sizing:border-box}
        html{-webkit-text-size-adjust:100%;text-size-adjust:100%}
        body{margin:0;background:var(--page);color:var(--ink);
        font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",sans-serif}
        main{max-width:1128px;margin:0 auto;padding:40px 24px 64px}
        h1{font-size:30px;line-height:1.15;letter-spacing:-.02em;margin:2px 0 20px;overflow-wrap:anywhere}
        h2{font-size:18px;letter-spacing:-.01em;margin:0 0 4px}
        p{margin:0 0 14px;color:var(--soft);max-width:72ch}
        .eyebrow{font-size:12px;letter-spacing:.08em;text-transform:uppercase;margin:0}
        section{margin-top:44px}
        .hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
        .tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(190px,1fr));gap:12px}
        .tile{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:14px 16px;
        box-shadow:var(--shade)}
        .tile .name{font-size:13px;color:var(--soft)}
        .tile .value{font-size:28px;font-weight:650;letter-spacing:-.02em;line-height:1.25;
        font-variant-numeric:tabular-nums}
        .tile .unit{font-size:16px;font-weight:500;color:var(--soft)}
        .tile .note{font-size:12.5px;color:var(--soft)}
        .scroll{overflow-x:auto;position:relative}
        table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        .plain{width:100%;font-size:13.5px}
        header .plain{margin-top:20px;max-width:620px}
        .plain th,.plain td{padding:6px 10px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
        .plain th:first-child{text-align:left;padding-left:0;font-weight:500}
        .plain thead th{font-size:12px;font-weight:500;color:var(--soft);vertical-align:bottom}
        .layer{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;font-size:12px;font-weight:500;
        display:inline-block;max-width:230px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap;
        vertical-align:middle}
        .kind{font-size:11px;color:var(--soft);font-weight:400}
        .bits{font-size:10px;font-weight:600;line-height:14px;padding:0 4px;margin:0 6px;border-radius:4px;
        border:1px solid var(--line);color:var(--soft);vertical-align:middle}
        .bits.wide{border-color:var(--wide);color:var(--wide)}
        .chip{display:inline-block;padding:0 7px;border-radius:5px;font-weight:600}
        .legend{display:flex;flex-wrap:wrap;align-items:center;gap:2px;margin:0 0 14px;font-size:11px}
        .legend .h{min-width:52px;padding:3px 6px;text-align:center}
        .legend .h:first-child{border-radius:5px 0 0 5px}
        .legend .h8{border-radius:0 5px 5px 0}
        .legend .unit{color:var(--soft);margin-left:6px}
        .heat{width:100%;table-layout:fixed;font-size:11.5px;border-collapse:separate;border-spacing:1px}
        .heat th,.heat td{padding:0;height:22px;text-align:center;font-weight:400}
        .heat .first{width:300px}
        .heat .last{width:46px}
        .heat th:first-child{text-align:left;white-space:nowrap;overflow:hidden}
        .heat thead th{color:var(--soft);font-size:11px;height:24px}
        .heat .sum{color:var(--soft)}
        .heat b{font-weight:400}
        .h{background:var(--empty)}
        .heat .h{cursor:default}
        .heat .h:hover,.heat .on{outline:2px solid var(--ink);outline-offset:-1px}
        .heat .output .layer,.heat .output .sum{font-weight:700;color:var(--ink)}
        .heat .output td.h{height:28px}
        .ends td{color:var(--soft);font-size:11px}
        .ends div{display:flex;align-items:center;gap:10px;padding:0 6px}
        .ends i{position:relative;flex:1;height:1px;background:var(--soft);opacity:.5}
        .ends i:after{content:"";position:absolute;right:0;top:-3px;border:3.5px solid transparent;
        border-left-color:var(--soft);border-right:0}
        .warnings{list-style:none;margin:16px 0 0;padding:0;display:grid;gap:8px}
        .warnings li{background:var(--card);border:1px solid var(--line);border-left:3px solid var(--alarm);
        border-radius:6px;padding:8px 14px;font-size:13.5px;overflow-wrap:anywhere}
        .plot{background:var(--card);border:1px solid var(--line);border-radius:10px;padding:12px 16px 8px;
        margin-bottom:12px;box-shadow:var(--shade)}
        .plothead{display:flex;flex-wrap:wrap;align-items:baseline;gap:2px 12px;font-size:12px;color:var(--soft);
        margin-bottom:12px}
        h3{font-size:14px;margin:0;color:var(--ink)}
        .key{display:inline-flex;align-items:center;gap:5px}
        .key i{width:9px;height:9px;border-radius:2px;background:var(--bar)}
        .key .wide{background:var(--wide)}
        .key .float{background:var(--float)}
        .key .low{background:var(--alarm)}
        .frame{position:relative;height:168px;margin-left:34px}
        .columns{display:block;width:100%;height:100%;overflow:visible}
        .tick{position:absolute;right:100%;margin-right:7px;transform:translateY(50%);font-size:11px;line-height:1;
        color:var(--soft);font-variant-numeric:tabular-nums;white-space:nowrap}
        .grid{stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
        .bar{fill:var(--bar)}
        .bar.wide{fill:var(--wide)}
        .bar.float{fill:var(--float)}
        .bar.low{fill:var(--alarm)}
        .columns .on{stroke:var(--ink);stroke-width:1.5;vector-effect:non-scaling-stroke}
        .numbersrow{position:relative;height:18px;margin:4px 0 0 34px;font-size:11px;color:var(--soft)}
        .numbersrow span{position:absolute;transform:translateX(-50%)}
        .histograms{display:grid;grid-template-columns:repeat(auto-fill,minmax(200px,1fr));gap:10px}
        .histogram{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 10px;min-width:0}
        .histogram .cap{display:flex;align-items:center;font-size:12px;min-width:0}
        .histogram .cap .layer{flex:0 1 auto;min-width:0;max-width:none}
        .histogram .cap .kind{display:none}
        .histogram svg{display:block;width:100%;height:58px;margin:6px 0 2px}
        .histogram .in{fill:var(--bar)}
        .histogram .out{fill:var(--alarm)}
        .histogram .zero{stroke:var(--ink);stroke-width:1;opacity:.35;vector-effect:non-scaling-stroke}
        .histogram .held{fill:var(--soft)}
        .histogram .span{display:flex;justify-content:space-between;font-size:11px;color:var(--soft);
        font-variant-numeric:tabular-nums}
        .histogram .note{font-size:12px;font-variant-numeric:tabular-nums}
        .outword{color:var(--alarm);font-weight:600}
        .heldword{border-bottom:2px solid var(--soft)}
        .cap b,th b{font-weight:500;font-size:11px;color:var(--soft);min-width:20px;display:inline-block;
        font-variant-numeric:tabular-nums;margin-right:5px}
        .answers{max-width:520px}
        .share{display:inline-block;width:90px;height:8px;border-radius:2px;background:var(--empty);
        vertical-align:middle;margin-left:8px}
        .share i{display:block;height:100%;border-radius:2px;background:var(--bar)}
        details summary{cursor:pointer;margin-bottom:8px}
        details summary h2{display:inline}
        .numbers{font-size:12px}
        .numbers th,.numbers td{padding:4px 8px}
        .pairs{display:grid;grid-template-columns:repeat(auto-fill,minmax(190px,1fr));gap:12px}
        figure{margin:0;display:grid;grid-template-columns:1fr 1fr;gap:8px;background:var(--card);
        border:1px solid var(--line);border-radius:10px;padding:10px;box-shadow:var(--shade)}
        figure img{display:block;width:100%;height:auto;image-rendering:pixelated;border-radius:3px;
        background:#000}
        figure .kind{display:block;text-align:center;margin-top:3px;line-height:1.2}
        figcaption{display:flex;flex-direction:column;justify-content:center;padding:0 4px 14px;font-size:12px;
        line-height:1.35;color:var(--soft);overflow-wrap:anywhere}
        figcaption strong{color:var(--ink);font-size:24px;line-height:1.2;font-weight:650}
        figcaption .ratio{color:var(--ink);font-size:14px;font-variant-numeric:tabular-nums}
        pre{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px 14px;overflow-x:auto;
        font-size:12.5px;margin:0 0 16px;white-space:pre-wrap;overflow-wrap:anywhere}
        dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 20px;margin:0;font-size:13.5px}
        dt{color:var(--soft)}
        dd{margin:0;overflow-wrap:anywhere}
        #tip{position:absolute;pointer-events:none;max-width:270px;background:var(--ink);color:var(--page);
        font-size:12px;line-height:1.4;padding:6px 9px;border-radius:6px;white-space:pre-line;z-index:9}
        #tip[hidden]{display:none}
        """

    private static let dark = """
        :root{--page:#121214;--card:#1a1a1e;--ink:#ebe8e2;--soft:#9d998f;--line:#2e2d33;--mark:#c9a2f0;--wide:#6cc3cc;
        --bar:#9c84d0;--float:#e0a155;--alarm:#ff7d8c;--empty:#202024;--shade:none}
        """

    /// A telephone: colours without numbers, and the heads' first halves.
    private static let narrow = """
        @media (max-width:720px){
        main{padding:24px 16px 48px}
        h1{font-size:24px}
        section{margin-top:34px}
        .tiles{grid-template-columns:1fr 1fr;gap:8px}
        .tile{padding:10px 12px}
        .tile .value{font-size:23px}
        .heat{font-size:10px}
        .heat .h b{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
        .heat .kind,.heat .end{display:none}
        .heat .first{width:112px}
        .heat .last{width:30px}
        .heat .layer{max-width:88px;font-size:10px}
        .heat .bits{margin:0 0 0 3px;padding:0 2px;border:0}
        .heat thead th{font-size:9px}
        .legend .h{min-width:0;flex:1;padding:3px 1px;font-size:9.5px}
        .legend .unit{display:none}
        .plain:not(.numbers) .layer{max-width:120px}
        .plain:not(.numbers) .kind{display:none}
        .plain th,.plain td{padding:6px}
        .plot{padding:10px 12px 6px}
        .frame{height:140px;margin-left:28px}
        .numbersrow{margin-left:28px}
        .histograms{grid-template-columns:1fr 1fr;gap:8px}
        .share{width:44px;margin-left:6px}
        .pairs{grid-template-columns:1fr 1fr;gap:8px}
        figure{padding:8px;gap:6px}
        dl{grid-template-columns:1fr;gap:0}
        dd{margin-bottom:8px}
        }
        """

    /// Shows what stands at a cell of the heat map or a column of a plot. The page says all of it without.
    static let script = """
        (function(){
        var heat=document.getElementById("heat"),heads=heat?heat.tHead.rows[heat.tHead.rows.length-1].cells:[];
        var tip=document.createElement("div"),on=[];
        tip.id="tip";tip.hidden=true;document.body.appendChild(tip);
        document.querySelectorAll("#heat td.h[title]").forEach(function(cell){
        cell.more=cell.title;cell.removeAttribute("title")});
        document.querySelectorAll(".columns rect").forEach(function(column){
        var title=column.firstElementChild;column.more=title.textContent;column.removeChild(title)});
        function words(cell){
        var layer=cell.parentNode.cells[0].querySelector(".layer").textContent;
        return layer+"\\n"+(heads[cell.cellIndex].title||"all")+": "+cell.textContent+" dB\\n"+(cell.more||"");
        }
        // The column under a finger or pointer, however low it is.
        function column(event){
        var plot=event.target.closest(".columns");
        if(!plot){return null}
        var box=plot.getBoundingClientRect(),all=plot.querySelectorAll("rect");
        var index=Math.floor((event.clientX-box.left)/box.width*all.length);
        return all[Math.min(Math.max(index,0),all.length-1)];
        }
        function hide(){on.forEach(function(one){one.classList.remove("on")});on=[];tip.hidden=true}
        function show(event){
        var cell=event.target.closest("#heat td.h"),bar=cell?null:column(event),target=cell||bar;
        hide();
        if(!target){return}
        on=[target];
        if(bar){
        var place=Array.prototype.indexOf.call(bar.parentNode.querySelectorAll("rect"),bar);
        on=Array.prototype.map.call(document.querySelectorAll(".columns"),function(plot){
        return plot.querySelectorAll("rect")[place]});
        }
        on.forEach(function(one){one.classList.add("on")});
        tip.textContent=cell?words(cell):bar.more;tip.hidden=false;
        var box=target.getBoundingClientRect();
        var left=Math.min(box.left,document.documentElement.clientWidth-tip.offsetWidth-8);
        tip.style.left=Math.max(left,8)+window.scrollX+"px";
        tip.style.top=box.bottom+6+window.scrollY+"px";
        }
        document.addEventListener("mousemove",show);
        document.addEventListener("click",show);
        document.addEventListener("mouseleave",hide);
        })();
        """
}
